// @ts-check
/**
 * The server's HTTP routes.
 *
 * Owns paths and the access token, which lives as long as the tab.
 */

const TOKEN_KEY = "biome.player.token";
const TIMEOUT_MS = 8000;

/** A route that did not answer as hoped. `status` is 0 when nothing answered. */
export class HttpError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }

  /** Whether an access token is what is missing. */
  get isDenied() {
    return this.status === 401 || this.status === 403;
  }

  /** Whether there is no such route, or nothing behind it. */
  get isMissing() {
    return this.status === 404;
  }
}

/**
 * @typedef {object} Recording
 * @property {string} id
 * @property {string} name file name of the video
 * @property {string} created
 * @property {number} [duration_s] not known while it is encoded
 * @property {number} [frames]
 * @property {number} width
 * @property {number} height
 * @property {number} size_bytes
 * @property {boolean} has_action_log
 * @property {"encoding" | "ready"} status
 */

/** @typedef {{id: string, size_bytes?: number, is_local: boolean, model_type?: string}} ModelEntry */

export class Api {
  token = "";

  constructor() {
    const given = new URLSearchParams(location.search).get("access_token");
    try {
      this.token = given ?? sessionStorage.getItem(TOKEN_KEY) ?? "";
    } catch {
      this.token = given ?? "";
    }
    if (given !== null) this.useToken(given);
  }

  /** @param {string} token */
  useToken(token) {
    this.token = token;
    try {
      sessionStorage.setItem(TOKEN_KEY, token);
    } catch {
      // Without storage it lasts as long as the page.
    }
    const url = new URL(location.href);
    if (!url.searchParams.has("access_token")) return;
    url.searchParams.delete("access_token");
    history.replaceState(null, "", url);
  }

  /** @param {string} [backend] @returns {Promise<ModelEntry[]>} */
  async models(backend) {
    const query = backend ? `?backend=${encodeURIComponent(backend)}` : "";
    return (await this.#fetch(`/api/models${query}`)).json();
  }

  /** @returns {Promise<{capabilities: {backends: string[], quants: Record<string, (string | null)[]>}}>} */
  async health() {
    return (await this.#fetch("/health")).json();
  }

  /** Whether this server shows its recordings; one for many players does not. Lists none of them. */
  async showsRecordings() {
    try {
      await this.#fetch("/api/recordings", { method: "OPTIONS" });
    } catch (error) {
      if (error instanceof HttpError && error.isMissing) return false;
      throw error;
    }
    return true;
  }

  /** @returns {Promise<Recording[]>} */
  async recordings() {
    return (await this.#fetch("/api/recordings")).json();
  }

  /** @param {string} id */
  async deleteRecording(id) {
    await this.#fetch(`/api/recordings/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  /**
   * For `<video>` and download links, which cannot carry a header.
   *
   * @param {string} id
   * @param {boolean} [isDownload] to be saved under its name
   */
  recordingUrl(id, isDownload = false) {
    const query = new URLSearchParams({
      ...(isDownload ? { download: "1" } : {}),
      ...(this.token ? { access_token: this.token } : {}),
    });
    return `/api/recordings/${encodeURIComponent(id)}${query.size > 0 ? `?${query}` : ""}`;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   */
  async #fetch(path, options = {}) {
    const headers = this.token ? { authorization: `Bearer ${this.token}` } : undefined;
    let response;
    try {
      response = await fetch(path, { ...options, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new HttpError(0);
    }
    if (!response.ok) throw new HttpError(response.status);
    return response;
  }
}
