/// How `affectd` ends; others rely on the numbers.
public enum ExitCode: Int32, Sendable {
    /// Done, or ended on request.
    case done = 0
    /// The system refused something: memory, descriptors, the event loop.
    case system = 1
    /// The command line or the configuration is wrong.
    case usage = 2
    /// The input cannot be read.
    case inputUnreadable = 3
    /// The model is missing, damaged or does not fit.
    case modelRejected = 4
    /// The socket cannot be served, for example because another daemon has it.
    case socketUnavailable = 5
}
