import DaemonConfiguration
import DaemonCore
import Testing

@Suite struct OptionsTests {
    @Test func servesWithoutOptions() throws {
        #expect(try Options(parsing: []) == Options())
    }

    @Test func readsValuesBehindASpaceOrAnEqualsSign() throws {
        var expected = Options()
        expected.task = .recognize(input: "-")
        expected.format = .json
        expected.configurationFile = "/tmp/c.toml"
        expected.overrides = [
            Options.Override(.emotionModel, "m.affect", option: "--model"),
            Options.Override(.speechModel, "s=1.affect", option: "--speech-model"),
            Options.Override(.microphoneDevice, "hw:CARD=Mic,DEV=0", option: "--device"),
            Options.Override(.socketPath, "/tmp/s", option: "--socket"),
            Options.Override(.journalMode, "all", option: "--set"),
            Options.Override(.socketClients, "3", option: "--set"),
        ]
        #expect(
            try Options(parsing: [
                "--input", "-", "--format=json", "--model", "m.affect",
                "--speech-model=s=1.affect", "--device", "hw:CARD=Mic,DEV=0", "--socket=/tmp/s",
                "--set", "journal.mode=all", "--set=socket.clients=3", "--config", "/tmp/c.toml",
            ]) == expected
        )
    }

    @Test(arguments: [
        (["--inptu", "x"], "unknown option --inptu; did you mean --input?"),
        (["--modle=x"], "unknown option --modle; did you mean --model?"),
        (["--listen"], "unknown option --listen"),
        (["-x"], "unknown option -x"),
        (["speech.wav"], "\"speech.wav\" is no option; did you mean --input speech.wav?"),
        (["--input"], "--input needs a value: --input FILE|-"),
        (["--input="], "--input needs a value: --input FILE|-"),
        (["--input", "--format", "json"], "--input needs a value: --input FILE|-"),
        (["--input", "a", "--input", "b"], "--input is given twice"),
        (["--model", "a", "--model=b"], "--model is given twice"),
        (["--version=2"], "--version takes no value"),
        (["--format", "json"], "--format goes with --input or --benchmark"),
        (["--check-config", "--format", "json"], "--format goes with --input or --benchmark"),
        (["--format", "xml"], "--format: expected text or json, found \"xml\""),
        (
            ["--input", "a", "--self-test", "m"],
            "--input or --benchmark, --self-test and --check-config exclude each other"
        ),
        (
            ["--benchmark", "--check-config"],
            "--input or --benchmark, --self-test and --check-config exclude each other"
        ),
        (["--benchmark=all"], "--benchmark takes no value"),
        (["--benchmrk"], "unknown option --benchmrk; did you mean --benchmark?"),
        (["--set", "journal.mode"], "--set: expected KEY=VALUE"),
        (
            ["--set", "journal.mod=all"],
            "--set: unknown key journal.mod; did you mean journal.mode?"
        ),
    ])
    func saysWhatIsWrongAndWhatIsNearest(arguments: [String], text: String) {
        #expect(throws: DaemonError.usage(text)) { try Options(parsing: arguments) }
    }

    @Test func aBenchmarkMayHaveAnInputBeforeItOrBehindIt() throws {
        #expect(try Options(parsing: ["--benchmark"]).task == .benchmark(input: nil))
        for arguments in [["--benchmark", "--input", "a"], ["--input", "a", "--benchmark"]] {
            #expect(try Options(parsing: arguments).task == .benchmark(input: "a"))
        }
        let options = try Options(parsing: ["--benchmark", "--format", "json"])
        #expect(options.format == .json)
    }

    @Test func helpWinsOverEverythingElse() throws {
        #expect(try Options(parsing: ["--input", "x", "-h"]).task == .help)
        #expect(try Options(parsing: ["--help", "--input", "x"]).task == .help)
    }

    @Test(arguments: Options.definitions.map(\.name))
    func helpTeachesEveryOption(name: String) {
        #expect(Options.help.contains("\n  \(name)"))
    }

    @Test func helpFitsATerminal() {
        for line in Options.help.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }
}
