extension Configuration {
    /// What is in force, as a file that sets the same; behind each value who set it.
    package var text: String {
        var text = ""
        var section = ""
        for setting in Setting.allCases {
            if setting.section != section {
                text += "\(section.isEmpty ? "" : "\n")[\(setting.section)]\n"
                section = setting.section
            }
            if let entry = self[setting] {
                let line = "\(setting.name) = \(entry.value.toml)"
                let padding = String(repeating: " ", count: max(2, 44 - line.count))
                text += "\(line)\(padding)# \(entry.source)\n"
            } else {
                text += "# \(setting.name): not set, \(setting.definition.defaultWords)\n"
            }
        }
        return text
    }

    /// The file that is installed: every setting explained, and commented out.
    package static var sample: String {
        var text = """
            # Configuration of affectd. Everything here is optional; what stands behind "#" is the default, or
            # an example where "Default:" says what is.
            #
            # Files *.toml in the folder affectd.toml.d are read after this one, in the order of their names.
            # Variables of the environment win over files, and options of the command line over both.
            # After a change: systemctl reload affectd. What cannot be reloaded says so in the journal.
            # Check a file with: affectctl check-config FILE

            """
        var section = ""
        for setting in Setting.allCases {
            let definition = setting.definition
            if setting.section != section {
                text += "\n[\(setting.section)]\n"
                section = setting.section
            }
            text += "\n"
            for line in definition.help { text += "# \(line)\n" }
            if case .integer(let range) = definition.kind {
                text += "# From \(range.lowerBound) to \(range.upperBound).\n"
            }
            if definition.defaultValue == nil { text += "# Default: \(definition.defaultWords).\n" }
            if !definition.isReloadable { text += "# Needs a restart.\n" }
            text += "# $\(setting.variable)\n"
            if let value = definition.defaultValue ?? definition.example {
                text += "#\(setting.name) = \(value.toml)\n"
            }
        }
        return text
    }
}
