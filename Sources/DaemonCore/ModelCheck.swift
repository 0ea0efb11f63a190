import Glibc
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
        do throws(SystemIntegrationError) {
            return try ChildProcess(
                program,
                arguments: arguments + [path],
                confinement: confinement,
                timeMicroseconds: timeMicroseconds,
                on: loop
            ) { ending, output in
                completion(reason(ending, output).map { .selfTest(reason: $0) })
            }
        } catch {
            throw .selfTest(reason: "it could not be started: \(error)")
        }
    }

    private func reason(_ ending: ChildProcess.Ending, _ output: String) -> String? {
        let lines = output.split(whereSeparator: \.isNewline)
        return switch ending {
        case .exited(code: 0): nil
        case .exited(let code): lines.last.map(String.init) ?? "the check ended with \(code)"
        case .killed(SIGXCPU):
            "the check took more than \(confinement.processorSeconds) s of the processor"
        case .killed(let signal):
            // What the library of Swift says first; its stack trace comes behind.
            "the check was ended by signal \(signal)" + (lines.first.map { ", \"\($0)\"" } ?? "")
                + "; it may use \(confinement.addressSpaceBytes >> 20) MiB of memory"
        case .timedOut: "the check took longer than \(timeMicroseconds / 1_000_000) s"
        }
    }
}
