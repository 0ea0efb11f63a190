/// How `affectctl` ends; scripts rely on the numbers.
public enum ControlExitCode: Int32, Sendable {
    /// Done.
    case done = 0
    /// The daemon answered with an error, or with something that is no answer; or something cannot be written.
    case failed = 1
    /// The command line, or a file that it names, is wrong.
    case usage = 2
    /// The daemon does not run, or closed the connection.
    case unavailable = 3
    /// The daemon runs, and this user may not talk to it.
    case notPermitted = 4
    /// The daemon did not answer in time.
    case timeout = 5
    /// Nothing has been heard yet, or nothing since the time that was asked for.
    case nothingHeard = 6
    /// Nothing can be heard now: muted, held, or without a microphone.
    case notListening = 7
    /// `doctor` found something wrong.
    case unhealthy = 8
    /// The daemon does not accept a model, or cannot go back.
    case rejected = 9
}
