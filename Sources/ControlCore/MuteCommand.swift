import ArgumentParser
import EventProtocol
import JSONText

/// `affectctl mute`: closes the microphone.
package struct MuteCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "mute",
        abstract: "Close the microphone until unmute, also over a restart.",
        discussion: "Needs root or the group affect-admin (control.group)."
    )

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Hear again after so many seconds.", valueName: "seconds")
    )
    var seconds: Int?

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            var parameters: JSONObject = ["muted": true]
            if let seconds { parameters["seconds"] = .integer(seconds) }
            try options.control(.setMute, parameters)
        }
    }
}

/// `affectctl unmute`: opens the microphone again.
package struct UnmuteCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "unmute",
        abstract: "Open the microphone again.",
        discussion: "Needs root or the group affect-admin (control.group)."
    )

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            try options.control(.setMute, ["muted": false])
        }
    }
}

/// `affectctl hold`: ignores what is heard for a time.
package struct HoldCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Ignore what is heard for a time, for example while the device speaks.",
        discussion: """
            0 ends a hold. Needs root or the group affect-admin (control.group). Example, around a \
            program that speaks: affectctl hold 30; espeak-ng "Hello"; affectctl hold 0
            """
    )

    @Argument(help: "Seconds, 0 to 3600.")
    var seconds: Int

    @OptionGroup var options: ControlOptions

    package init() {}

    package func run() throws {
        try Output.report { () throws(ControlError) in
            try options.control(.hold, ["seconds": .integer(seconds)])
        }
    }
}

extension ControlOptions {
    /// Changes the state of the daemon and prints what it is then.
    fileprivate func control(
        _ method: AffectInterface.Method,
        _ parameters: JSONObject
    ) throws(ControlError) {
        let reply = try DaemonConnection(socket: socketPath).call(method, parameters)
        guard !json else { return try Output.write(reply) }
        do throws(JSONError) {
            let state = try StateSnapshot(JSONCursor(.object(reply)).member("state"))
            try? Output.write("\(state.summary)\n")
            for trouble in state.degraded { try? Output.write("but: \(trouble)\n") }
        } catch {
            throw ControlError(error, method: method)
        }
    }
}
