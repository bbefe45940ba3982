/**
 * German.
 *
 * A plain module: a page without a build step imports it as it is.
 */

/** @type {import("../src/locale.js").Locale} */
export const de = {
  name: "Deutsch",
  messages: {
    "app.server.error.protocolVersionMismatch": {
      happened: "Diese App und der Server sprechen verschiedene Protokollversionen (App: {client}, Server: {server}).",
      advice: "Aktualisiere den älteren der beiden und verbinde dich neu.",
    },
    "app.server.error.serverBusy": {
      happened: "Alle Welten auf diesem Server sind belegt.",
      advice: "Warte, bis jemand seine Welt verlässt, und verbinde dich neu.",
    },
    "app.server.error.serverStartupFailed": {
      happened: "Ein Teil des Servers ist nicht gestartet.",
      advice: "Sieh im Protokoll des Servers nach dem Grund und starte den Server neu.",
    },
    "app.server.error.timeoutWaitingForSeed": {
      happened: "Die Sitzung wurde beendet, weil kein Startbild rechtzeitig ankam.",
      advice: "Verbinde dich neu und wähle ein Bild.",
    },
    "app.server.error.idleTooLong": {
      happened: "Die Sitzung wurde beendet, weil eine Weile niemand gespielt hat.",
      advice: "Verbinde dich neu, um vom selben Bild aus weiterzumachen.",
    },
    "app.server.error.initFailed": {
      happened: "Die Welt konnte nicht gestartet werden.",
      advice: "Wähle ein anderes Bild oder Modell und versuche es noch einmal.",
    },
    "app.server.error.quantUnsupportedGpu": {
      happened: "Die Grafikkarte des Servers unterstützt diese Quantisierung nicht.",
      advice: "Wähle in den Einstellungen eine andere Quantisierung oder gar keine.",
    },
    "app.server.error.sceneAuthoringModelLoadFailed": {
      happened: "Die Modelle zum Bearbeiten und Erzeugen von Szenen konnten nicht geladen werden.",
      advice: "Schließe andere Programme, die die Grafikkarte nutzen, oder schalte die Szenenbearbeitung aus.",
    },
    "app.server.error.sceneAuthoringEmptyPrompt": {
      happened: "Es fehlt ein Text, nach dem gearbeitet werden kann.",
      advice: "Beschreibe die Szene oder die Änderung mit ein paar Worten.",
    },
    "app.server.error.sceneAuthoringModelNotLoaded": {
      happened: "Die Szenenbearbeitung ist ausgeschaltet, oder dieser Server bietet sie nicht an.",
      advice: "Schalte sie in den Einstellungen ein, oder nutze einen Server, der sie hat.",
    },
    "app.server.error.sceneAuthoringAlreadyInProgress": {
      happened: "Eine andere Szene ist noch in Arbeit.",
      advice: "Warte, bis sie fertig ist, und versuche es dann noch einmal.",
    },
    "app.server.error.sceneEditSafetyRejected": {
      happened: "Diese Änderung verstößt gegen die Inhaltsregeln und wurde abgelehnt.",
      advice: "Beschreibe eine andere Änderung.",
    },
    "app.server.error.generateSceneSafetyRejected": {
      happened: "Diese Szene verstößt gegen die Inhaltsregeln und wurde abgelehnt.",
      advice: "Beschreibe eine andere Szene.",
    },
    "app.server.error.deviceRecoveryFailed": {
      happened: "Die Welt ging verloren, weil das Gerät ausfiel, auf dem sie lief.",
      advice: "Verbinde dich neu; wenn es wieder geschieht, starte den Server neu.",
    },
    "app.server.warning.missingSeedData": {
      happened: "Für diese Welt gibt es noch kein Startbild.",
      advice: "Wähle ein Bild, mit dem sie beginnt.",
    },
    "app.server.warning.invalidSeedData": {
      happened: "Das Startbild konnte nicht gelesen werden.",
      advice: "Wähle eine PNG-, JPEG- oder WebP-Datei, die weder animiert noch sehr groß ist.",
    },
    "app.server.warning.seedUnsafe": {
      happened: "Die Sicherheitsprüfung hat dieses Bild abgelehnt.",
      advice: "Wähle ein anderes Bild.",
    },
    "app.server.warning.seedSafetyCheckFailed": {
      happened: "Das Bild konnte nicht geprüft werden und wurde deshalb nicht verwendet.",
      advice: "Versuche es gleich noch einmal; wenn es wieder geschieht, starte den Server neu.",
    },
    "app.server.warning.seedLoadFailed": {
      happened: "Die Welt konnte mit diesem Bild nicht beginnen.",
      advice: "Versuche es noch einmal, oder wähle ein anderes Bild.",
    },
    "app.server.warning.recordingFailed": {
      happened: "Die Aufnahme endete vorzeitig; was bis dahin aufgenommen wurde, bleibt erhalten.",
      advice: "Prüfe den freien Speicherplatz des Servers und starte eine neue Aufnahme.",
    },
  },
  unknownError: {
    happened: "Etwas ist schiefgegangen.",
    advice: "Versuche es noch einmal; wenn es wieder geschieht, sieh im Protokoll des Servers nach.",
  },
  stages: {
    "startup.begin": "Server startet",
    "startup.world_engine_manager": "Freie Welt wird gesucht",
    "startup.safety_checker": "Sicherheitsprüfung wird geladen",
    "startup.safety_ready": "Sicherheitsprüfung ist bereit",
    "startup.ready": "Server ist bereit",
    "session.waiting_for_seed": "Warten auf ein Startbild",
    "session.loading_model.load": "Modell wird geladen",
    "session.loading_model.instantiate": "Modell wird eingerichtet",
    "session.warmup.reset": "Aufwärmen: Welt wird geleert",
    "session.warmup.seed": "Aufwärmen: ein erstes Bild",
    "session.warmup.compile": "Aufwärmen: Übersetzen",
    "session.scene_authoring.load": "Modelle der Szenenbearbeitung werden geladen",
    "session.init.reset": "Welt wird vorbereitet",
    "session.init.seed": "Startbild wird gelesen",
    "session.init.frame": "Erstes Bild wird gezeichnet",
    "session.reset": "Erholung von einem Gerätefehler",
    "session.ready": "Bereit",
  },
};
