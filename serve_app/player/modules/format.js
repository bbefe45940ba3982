// @ts-check
/** Numbers as people write them, by language. */

/**
 * @param {number} bytes
 * @param {string} language
 */
export function formatBytes(bytes, language) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })} ${units[power]}`;
}

/**
 * Minutes and seconds, hours only when there are any.
 *
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const [minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${Number(minutes)}:${rest}`;
}

/**
 * Day and time, without the year when it is this one.
 *
 * @param {Date} date
 * @param {Date} now
 * @param {string} language
 */
export function formatWhen(date, now, language) {
  const sameDay = date.toDateString() === now.toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "numeric", minute: "2-digit" };
  if (sameDay) return date.toLocaleTimeString(language, time);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleString(language, { day: "numeric", month: "short", year, ...time });
}
