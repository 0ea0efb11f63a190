/// The varlink interface of the daemon.
public enum AffectInterface {
    /// Its name.
    public static let name = "org.affectd"

    /// Its methods.
    public enum Method: String, CaseIterable, Sendable {
        case getState = "GetState"
        case subscribe = "Subscribe"
        case getInfo = "GetInfo"
        case listModels = "ListModels"
        case installModel = "InstallModel"
        case activateModel = "ActivateModel"
        case rollbackModel = "RollbackModel"
        case setMute = "SetMute"
        case hold = "Hold"
        case getStats = "GetStats"
        case listDevices = "ListDevices"
        case getConfiguration = "GetConfiguration"

        /// The name as it goes over the wire.
        public var fullName: String { "\(AffectInterface.name).\(rawValue)" }
    }

    /// Its description, the same text as `systemd/org.affectd.varlink`; a test holds them together.
    public static let description = """
        # affectd listens to a microphone and says which emotion a voice expresses.
        #
        # A message ends with NUL, or with a line feed outside of all braces; the answer ends like the request.
        interface org.affectd

        # Which model, and where it stands in its life.
        type Model (
          name: string,
          release: int,
          # SHA-256 of the model file
          digest: string,
          phase: (active, probation, available, quarantined),
          # why it is trusted: place, signature or unsigned
          trust: ?string
        )

        # The models of the device beside the one that answers.
        type Models (
          # the model that should answer; the one that does is model of the state
          configured: ?Model,
          # the file that models.emotion names, whatever is installed
          setting: ?string,
          # where a rollback leads to
          previous: ?Model,
          # the folder from which models are taken
          incoming: string,
          # whether models that are installed must be signed: required or optional
          signatures: string,
          lastResult: ?ModelResult
        )

        # What became of a model last.
        type ModelResult (
          # installed, activated, committed, rejected, rolled-back or rollback-failed
          change: string,
          # the model or the file, in words
          subject: string,
          reason: string,
          wallClockMicroseconds: int
        )

        # What is true right now, as facts that do not depend on each other.
        type State (
          # starting, running, no-device, busy, stalled or closed
          capture: string,
          speech: bool,
          muted: bool,
          # when the mute ends by itself, microseconds of the monotonic clock
          mutedUntil: ?int,
          # until when what is heard is ignored, microseconds of the monotonic clock
          heldUntil: ?int,
          model: ?Model,
          # absent where no model can be installed, and in events other than state and model
          models: ?Models,
          # what works less well than it should, in words
          degraded: []string,
          # one word: muted, a capture state other than running, no-model, held, degraded, speech or listening
          summary: string
        )

        # An utterance or a mood, as the event told it.
        type Heard (
          event: string,
          sequence: int,
          monotonicMicroseconds: int,
          wallClockMicroseconds: int,
          label: string,
          confidencePermille: ?int,
          probabilities: [string]int,
          levelDecibelTenths: ?int,
          ageMicroseconds: ?int,
          durationMicroseconds: ?int,
          continued: ?bool
        )

        # The state now, and what was heard last since the start or the last mute.
        method GetState() -> (state: State, utterance: ?Heard, mood: ?Heard)

        # The state first, then every event as it happens; needs more.
        # Which members come beside the first five depends on the event, see Documentation/Protocol.md.
        method Subscribe() -> (
          # speech-started, speech-stopped, emotion, utterance, mood, state or model
          event: string,
          # counts the messages of this run of the daemon; a gap means that something was missed
          sequence: int,
          monotonicMicroseconds: int,
          wallClockMicroseconds: int,
          state: State,
          # speech-stopped, emotion, utterance
          durationMicroseconds: ?int,
          # emotion, utterance, mood: a label of the model or unknown
          label: ?string,
          # per mille of the likeliest label
          confidencePermille: ?int,
          # per mille of every label, in the order of the model; the sum is 1000
          probabilities: ?[string]int,
          # loudness of the speech in tenths of dBFS
          levelDecibelTenths: ?int,
          # audio that had arrived behind the end of what is classified
          ageMicroseconds: ?int,
          # utterance: cut because it is long; more of it follows
          continued: ?bool,
          # state: the names of the facts that changed
          changed: ?[]string,
          # state, model: why, in words
          reason: ?string,
          # model: offered, verified, activated, committed, rolled-back, rollback-failed or rejected;
          # from activated on the model answers
          change: ?string,
          # model: which one; absent when a file could not be read as a model
          model: ?Model
        )

        # Who answers: the version of the daemon and what it runs on.
        method GetInfo() -> (
          version: string,
          # device, rate, channels and format in words; empty when no microphone runs
          microphone: string,
          # why the capture is as it is, in words
          captureReason: string,
          # loudness of what is heard now, tenths of dBFS
          levelDecibelTenths: int,
          startedMonotonicMicroseconds: int,
          overruns: int
        )

        # The models that are loaded, by task, then those that are installed or packaged.
        method ListModels() -> (models: []LoadedModel)

        # Takes a model into use that lies in the folder incoming of the state, as NAME with its signature in
        # NAME.minisig; control. Answers when it is on probation; the event activated tells when it answers.
        # Both files are removed, whatever becomes of them.
        method InstallModel(file: string, allowDowngrade: ?bool, retry: ?bool) -> (model: Model, state: State)

        # Takes a model into use that is installed, by its digest or the beginning of it; control.
        method ActivateModel(digest: string, allowDowngrade: ?bool, retry: ?bool) -> (model: Model, state: State)

        # Goes back to the model before; control.
        method RollbackModel() -> (model: Model, state: State)

        # A model of the device.
        type LoadedModel (
          # emotion or speech
          task: string,
          name: string,
          release: int,
          version: string,
          digest: string,
          phase: (active, probation, available, quarantined),
          trust: ?string,
          path: string,
          labels: []string,
          # SPDX expression of the weights
          licence: string,
          # what else is to be said of it
          note: ?string
        )

        # Closes the microphone, or opens it again; control. A mute survives a restart of the daemon.
        # With seconds it ends by itself; calling again sets the time anew.
        method SetMute(muted: bool, seconds: ?int) -> (state: State, utterance: ?Heard, mood: ?Heard)

        # Ignores what is heard for so many seconds, for example while the device itself speaks; control.
        # 0 ends it.
        method Hold(seconds: int) -> (state: State, utterance: ?Heard, mood: ?Heard)

        # What has happened since the start.
        method GetStats() -> (
          uptimeMicroseconds: int,
          framesCaptured: int,
          overruns: int,
          # from the time without frames
          framesLost: int,
          # how often a microphone was opened that had been open before
          reopened: int,
          utterances: int,
          windows: int,
          clients: int,
          connections: int,
          requests: int,
          clientsRefused: int,
          clientsTooSlow: int,
          clientsIdle: int,
          clientsMalformed: int,
          residentKilobytes: int,
          openDescriptors: int
        )

        # The microphones there are.
        method ListDevices() -> (devices: []Device)

        # A microphone.
        type Device (
          # what to write into the configuration behind microphone.device
          name: string,
          # the name for ALSA
          alsa: string,
          description: string,
          # vendor:product and perhaps :serial of a USB device
          usb: ?string
        )

        # What is configured.
        method GetConfiguration() -> (settings: []Setting, text: string)

        # One key of the configuration.
        type Setting (
          key: string,
          # as TOML; absent when it is not set and has no default
          value: ?string,
          # file and line, variable, option, or default; absent with the value
          source: ?string,
          # whether SIGHUP is enough
          reloadable: bool
        )

        # What is marked as control needs root or membership of this group.
        error NotPermitted (group: string)

        # A model is not accepted, or not taken into use.
        error ModelRejected (
          # one word that stays: unreadable, too-large, unsigned, untrusted, digest, structure, unfit,
          # quarantined, downgrade, no-space, self-test, not-installed, not-active, storage or unavailable
          reason: string,
          # the same for people, with what to do
          message: string
        )

        # The request is no JSON object of a varlink call; the connection is closed.
        error MalformedRequest (reason: string)

        # The request is longer than the limit; the connection is closed.
        error RequestTooLarge (limitBytes: int)

        # The client does not read what it asked for; the connection is closed.
        error ClientTooSlow (limitBytes: int)

        # No more clients are served at a time; the connection is closed.
        error TooManyClients (limit: int)

        # The client has neither subscribed nor asked anything for so long; the connection is closed.
        error ClientIdle (limitSeconds: int)

        """
}
