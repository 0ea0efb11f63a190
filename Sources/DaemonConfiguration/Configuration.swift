import SystemIntegration
import TOMLText

/// What is configured, and who said so: defaults, file, drop-ins, environment, command line; the last
/// one wins.
package struct Configuration: Equatable, Sendable {
    /// Where the file is when nobody names another one.
    package static let defaultPath = "/etc/affectd/affectd.toml"

    /// Bytes of a file at most.
    private static let sizeLimit = 1 << 20

    /// A value and who set it.
    package struct Entry: Equatable, Sendable {
        /// The value.
        package let value: SettingValue
        /// The file and line, the variable, or the option.
        package let source: String
    }

    private var entries: [Setting: Entry] = [:]

    /// The defaults.
    package init() {}

    /// Reads the file, its drop-ins and the environment; `checkTogether()` is left to the caller, who
    /// may set more.
    ///
    /// Drop-ins are the files `*.toml` in the folder named like the file with `.d` behind it, in the
    /// order of their names.
    ///
    /// - Parameter path: the file, which must be there; `nil` for the one in `$AFFECT_CONFIG`, which
    ///   must be there too, else the default one, which need not.
    /// - Throws: `ConfigurationError`.
    package init(
        path: String?,
        defaultPath: String = defaultPath,
        environment: (String) -> String? = { Environment[$0] }
    ) throws(ConfigurationError) {
        let named = path ?? environment("AFFECT_CONFIG")
        let file = named ?? defaultPath
        try read(file, mustExist: named != nil)
        for name in Directory.names(in: "\(file).d") where name.hasSuffix(".toml") {
            try read("\(file).d/\(name)", mustExist: true)
        }
        for setting in Setting.allCases {
            guard let word = environment(setting.variable) else { continue }
            try set(setting, to: word, from: "$\(setting.variable)")
        }
    }

    /// Sets a value from a word, as the command line gives it.
    ///
    /// - Throws: `badValue`.
    package mutating func set(
        _ setting: Setting,
        to word: String,
        from source: String
    ) throws(ConfigurationError) {
        let value = try setting.value(word: word, place: source)
        entries[setting] = Entry(value: value, source: source)
    }

    /// The value of a setting and who set it; `nil` when nobody did and there is no default.
    package subscript(setting: Setting) -> Entry? {
        if let entry = entries[setting] { return entry }
        return setting.definition.defaultValue.map { Entry(value: $0, source: "default") }
    }

    /// The text of a setting.
    package func text(_ setting: Setting) -> String? {
        guard case .text(let text)? = self[setting]?.value else { return nil }
        return text
    }

    /// The number of a setting.
    package func integer(_ setting: Setting) -> Int? {
        guard case .integer(let number)? = self[setting]?.value else { return nil }
        return number
    }

    /// The number of a setting that has a default.
    package func number(_ setting: Setting) -> Int {
        guard let number = integer(setting) else {
            preconditionFailure("\(setting.rawValue) has a default number")
        }
        return number
    }

    /// The settings whose values differ.
    package func differences(from other: Configuration) -> [Setting] {
        Setting.allCases.filter { self[$0]?.value != other[$0]?.value }
    }

    private mutating func read(
        _ file: String,
        mustExist: Bool
    ) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(SystemIntegrationError) {
            bytes = try FileDescriptor.contents(ofFile: file, limit: Self.sizeLimit)
        } catch {
            if !mustExist, error.isNotFound { return }
            throw .unreadable(error.about(file))
        }
        try read(bytes, file: file)
    }

    /// Takes over what the text of a file sets.
    ///
    /// - Throws: `syntax`, `unknownKey`, `badValue`.
    package mutating func read(
        _ bytes: [UInt8],
        file: String
    ) throws(ConfigurationError) {
        let found: [TOMLEntry]
        do throws(TOMLError) {
            found = try TOMLReader.read(bytes)
        } catch {
            throw .syntax(place: "\(file):\(error.line):\(error.column)", message: error.message)
        }
        let sections = Set(Setting.allCases.map(\.section))
        for entry in found {
            if let setting = Setting(rawValue: entry.path) {
                let value = try setting.value(entry, file: file)
                entries[setting] = Entry(value: value, source: "\(file):\(entry.line)")
            } else if sections.contains(entry.path) {
                guard entry.value != .table else { continue }
                throw .badValue(
                    place: "\(file):\(entry.line):\(entry.column)",
                    key: entry.path,
                    expected: "a table",
                    found: entry.value.description,
                    nearest: nil
                )
            } else {
                throw .unknownKey(
                    place: "\(file):\(entry.line):\(entry.column)",
                    key: entry.path,
                    nearest: Self.nearest(to: entry, sections: sections.sorted())
                )
            }
        }
    }

    private static func nearest(to entry: TOMLEntry, sections: [String]) -> String? {
        let keys = Setting.allCases.map(\.rawValue)
        if entry.value == .table { return nearestWord(to: entry.path, among: sections) }
        // A key that stands in the wrong table is the likeliest mistake.
        let name = entry.path.split(separator: ".").last.map(String.init) ?? entry.path
        return keys.first { $0.hasSuffix(".\(name)") } ?? nearestWord(to: entry.path, among: keys)
    }

    /// Checks what no single key shows.
    ///
    /// - Throws: `badValue`.
    package func checkTogether() throws(ConfigurationError) {
        let open = number(.gateOpenDecibels)
        guard let hold = self[.gateHoldDecibels], number(.gateHoldDecibels) > open else { return }
        throw .badValue(
            place: hold.source,
            key: Setting.gateHoldDecibels.rawValue,
            expected: "at most gate.open_decibels, which is \(open)",
            found: hold.value.toml,
            nearest: nil
        )
    }
}

extension SystemIntegrationError {
    fileprivate var isNotFound: Bool {
        if case .call(_, _, let errorNumber) = self { Self.isAbsent(errorNumber) } else { false }
    }

    /// The same error with the file it is about.
    fileprivate func about(_ file: String) -> SystemIntegrationError {
        guard case .call(let name, _, let errorNumber) = self else { return self }
        return .call(name: name, subject: file, errorNumber: errorNumber)
    }
}
