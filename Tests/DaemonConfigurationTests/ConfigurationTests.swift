import DaemonConfiguration
import Glibc
import ServiceTestSupport
import SystemIntegration
import Testing

@Suite struct ConfigurationTests {
    private func parsed(_ text: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.read(Array(text.utf8), file: "f")
        return configuration
    }

    @Test func hasDefaultsWithoutAFile() throws {
        let configuration = try Configuration(
            path: nil,
            defaultPath: "/nonexistent/affectd.toml",
            environment: { _ in nil }
        )
        #expect(configuration == Configuration())
        #expect(configuration.number(.socketClients) == 128)
        #expect(configuration.text(.microphoneDevice) == nil)
        #expect(configuration[.journalMode]?.source == "default")
    }

    @Test func theLastWordWins() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            Array("[socket]\nclients = 1\nidle_seconds = 1\n[journal]\nmode = \"all\"\n".utf8),
            to: "c.toml"
        )
        let folder = "\(file).d"
        try Directory.make(folder)
        defer { _ = unsafe rmdir(folder) }
        func drop(_ name: String, _ text: String) throws -> String {
            let path = try directory.write(Array(text.utf8), to: name)
            unsafe #expect(rename(path, "\(folder)/\(name)") == 0)
            return "\(folder)/\(name)"
        }
        let second = try drop("20.toml", "[socket]\nclients = 3\n")
        let first = try drop("10.toml", "[socket]\nclients = 2\nidle_seconds = 2\n")
        let ignored = try drop("30.txt", "nonsense")
        defer { for path in [first, second, ignored] { Directory.removeFile(path) } }
        var configuration = try Configuration(
            path: file,
            environment: { $0 == "AFFECT_JOURNAL_MODE" ? "off" : nil }
        )
        #expect(configuration.number(.socketClients) == 3)
        #expect(configuration[.socketClients]?.source == "\(second):2")
        #expect(configuration[.socketIdleSeconds]?.source == "\(first):3")
        #expect(configuration.text(.journalMode) == "off")
        #expect(configuration[.journalMode]?.source == "$AFFECT_JOURNAL_MODE")
        try configuration.set(.journalMode, to: "changes", from: "--set")
        #expect(configuration.text(.journalMode) == "changes")
    }

    @Test func aNamedFileMustBeThere() {
        #expect {
            try Configuration(path: "/nonexistent/c.toml", environment: { _ in nil })
        } throws: {
            "\($0)" == "configuration: open /nonexistent/c.toml: No such file or directory"
        }
        #expect(throws: ConfigurationError.self) {
            try Configuration(
                path: nil,
                environment: { $0 == "AFFECT_CONFIG" ? "/nonexistent/c.toml" : nil }
            )
        }
    }

    @Test(arguments: [
        (
            "[socket]\nclient = 3",
            "f:2:10: unknown key socket.client; did you mean socket.clients?"
        ),
        ("[sockets]\n", "f:1:1: unknown key sockets; did you mean socket?"),
        (
            "[decision]\ndevice = \"x\"",
            "f:2:10: unknown key decision.device; did you mean microphone.device?"
        ),
        ("clients = 3", "f:1:11: unknown key clients; did you mean socket.clients?"),
        ("socket = 3", "f:1:10: socket: expected a table, found 3"),
        (
            "[socket]\nclients = 0",
            "f:2:11: socket.clients: expected a whole number from 1 to 1024, found 0"
        ),
        (
            "[socket]\nclients = \"3\"",
            "f:2:11: socket.clients: expected a whole number from 1 to 1024, found \"3\""
        ),
        (
            "[microphone]\ndevice = \"1\"",
            "f:2:10: microphone.device: expected the name of a card, such as card:Mic, because"
                + " numbers move between boots (affectctl devices lists them), found \"1\""
        ),
        (
            "[journal]\nmode = \"change\"",
            "f:2:8: journal.mode: expected \"changes\" or \"all\" or \"off\", found \"change\";"
                + " did you mean \"changes\"?"
        ),
        (
            "[models]\nemotion = \"\"",
            "f:2:11: models.emotion: expected a text in quotes, found \"\""
        ),
        (
            "[models]\nemotion = [\"a\"]",
            "f:2:11: models.emotion: expected a text in quotes, found a list"
        ),
    ])
    func namesTheKeyAndTheNearestRightOne(text: String, message: String) {
        #expect {
            try parsed(text)
        } throws: { error in
            let found = "\(error)"
            if found != message { Issue.record("found: \(found)") }
            return found == message
        }
    }

    @Test func namesLineAndColumnOfASyntaxError() {
        #expect {
            try parsed("[socket]\nclients = = 3\n")
        } throws: { "\($0)".hasPrefix("f:2:11: ") }
    }

    @Test func theGateMayNotHoldAboveWhereItOpens() throws {
        let configuration = try parsed("[gate]\nopen_decibels = 5\n")
        #expect {
            try configuration.checkTogether()
        } throws: {
            "\($0)"
                == "default: gate.hold_decibels: expected at most gate.open_decibels, which is 5,"
                + " found 6"
        }
    }

    @Test func whatIsPrintedSetsTheSame() throws {
        let configuration = try parsed(
            "[models]\nemotion = \"a \\\"b\\\" \\\\ \\u0007 ä\"\n[decision]\nsmoothing_permille = 7\n"
        )
        let again = try parsed(configuration.text)
        #expect(again.differences(from: configuration) == [])
        #expect(configuration.text.contains("smoothing_permille = 7"))
        #expect(configuration.text.contains("# f:4\n"))
        #expect(configuration.text.contains("# device: not set, the only capture card"))
    }

    @Test func differencesAreNamed() throws {
        let changed = try parsed("[socket]\nclients = 3\n[journal]\nmode = \"changes\"\n")
        #expect(changed.differences(from: Configuration()) == [.socketClients])
    }
}

@Suite struct SampleConfigurationTests {
    @Test func isTheInstalledFile() throws {
        let path = "systemd/affectd.toml"
        let installed = try FileDescriptor.contents(ofFile: path, limit: 1 << 20)
        #expect(
            String(decoding: installed, as: UTF8.self) == Configuration.sample,
            "the text of Configuration.sample and \(path) differ"
        )
    }

    @Test func setsTheDefaultsWhenItsCommentsAreTakenAway() throws {
        let lines = Configuration.sample.split(separator: "\n").map { line in
            line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
        }
        var configuration = Configuration()
        try configuration.read(Array(lines.joined(separator: "\n").utf8), file: "sample")
        for setting in Setting.allCases {
            #expect(configuration[setting]?.source.hasPrefix("sample:") == true, "\(setting)")
            if let value = setting.definition.defaultValue {
                #expect(configuration[setting]?.value == value)
            }
        }
        try configuration.checkTogether()
    }

    @Test func variablesAreDistinct() {
        let variables = Setting.allCases.map(\.variable)
        #expect(Set(variables).count == variables.count)
        #expect(Setting.unknownThreshold.variable == "AFFECT_DECISION_UNKNOWN_THRESHOLD_PERMILLE")
    }

    @Test func explanationsFitATerminal() {
        for line in Configuration.sample.split(separator: "\n") {
            #expect(line.count <= 100, "\(line)")
        }
    }
}
