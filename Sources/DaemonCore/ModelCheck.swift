import ModelStore
import SystemIntegration

/// The program that checks a model before it is taken into use: `affectd --self-test MODEL`.
package struct ModelCheck {
    /// The program, and what stands before the path of the model.
    package var program: String
    package var arguments: [String]
    /// What it may use.
    package var confinement: Confinement
    /// How long it may take.
    package var timeMicroseconds: UInt64

    /// Makes a check; the default one is this program itself, also when its file has been replaced.
    package init(
        program: String = "/proc/self/exe",
        arguments: [String] = ["--self-test"],
        confinement: Confinement = Confinement(),
        timeMicroseconds: UInt64 = 60_000_000
    ) {
        self.program = program
        self.arguments = arguments
        self.confinement = confinement
        self.timeMicroseconds = timeMicroseconds
    }

    /// Starts the check.
    ///
    /// - Parameter completion: why the model failed; `nil` when it passed.
    /// - Throws: `selfTest` when there is no room for one more process.
    func start(
        _ path: String,
        on loop: EventLoop,
        completion: @escaping (ModelRejection?) -> Void
    ) throws(ModelRejection) -> ChildProcess {
        let seconds = timeMicroseconds / 1_000_000
        do throws(SystemIntegrationError) {
            return try ChildProcess(
                program,
                arguments: arguments + [path],
                confinement: confinement,
                timeMicroseconds: timeMicroseconds,
                on: loop
            ) { ending, output in
                completion(Self.reason(ending, output, seconds).map { .selfTest(reason: $0) })
            }
        } catch {
            throw .selfTest(reason: "it could not be started: \(error)")
        }
    }

    private static func reason(
        _ ending: ChildProcess.Ending,
        _ output: String,
        _ seconds: UInt64
    ) -> String? {
        switch ending {
        case .exited(code: 0): nil
        case .exited(let code):
            output.split(whereSeparator: \.isNewline).last.map(String.init)
                ?? "the check ended with \(code)"
        case .killed(let signal): "the check was ended by signal \(signal)"
        case .timedOut: "the check took longer than \(seconds) s"
        }
    }
}
