import TOMLText

extension Setting {
    /// Makes a value of what a file says.
    ///
    /// - Throws: `badValue` with the place.
    func value(_ entry: TOMLEntry, file: String) throws(ConfigurationError) -> SettingValue {
        let place = "\(file):\(entry.line):\(entry.column)"
        switch (definition.kind, entry.value) {
        case (.integer(let range), .integer(let number)) where range.contains(number):
            return .integer(number)
        case (.text, .string(let text)), (.choice, .string(let text)):
            return try value(text, place: place, found: entry.value.description)
        default:
            throw bad(place, found: entry.value.description)
        }
    }

    /// Makes a value of a word from the environment or the command line.
    ///
    /// - Throws: `badValue` with the place.
    package func value(
        word: String,
        place: String
    ) throws(ConfigurationError) -> SettingValue {
        guard case .integer(let range) = definition.kind else {
            return try value(word, place: place, found: "\"\(word)\"")
        }
        guard let number = Int(word), range.contains(number) else {
            throw bad(place, found: "\"\(word)\"")
        }
        return .integer(number)
    }

    private func value(
        _ text: String,
        place: String,
        found: String
    ) throws(ConfigurationError) -> SettingValue {
        if case .choice(let words) = definition.kind {
            guard words.contains(text) else {
                throw bad(place, found: found, nearest: nearestWord(to: text, among: words))
            }
        }
        guard !text.isEmpty, !text.utf8.contains(0) else { throw bad(place, found: found) }
        if self == .microphoneDevice, text.allSatisfy(\.isNumber) {
            throw .badValue(
                place: place,
                key: rawValue,
                expected: "the name of a card, such as card:Mic, because numbers move between"
                    + " boots (affectctl devices lists them)",
                found: found,
                nearest: nil
            )
        }
        return .text(text)
    }

    private func bad(
        _ place: String,
        found: String,
        nearest: String? = nil
    ) -> ConfigurationError {
        .badValue(
            place: place,
            key: rawValue,
            expected: definition.kind.words,
            found: found,
            nearest: nearest
        )
    }
}

extension Setting.Kind {
    /// What is expected, in words.
    var words: String {
        switch self {
        case .text: "a text in quotes"
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: " or ")
        case .integer(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}
