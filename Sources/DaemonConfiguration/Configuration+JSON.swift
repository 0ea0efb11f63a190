package import JSONText

extension Configuration {
    /// The configuration as `GetConfiguration` and `affectctl check-config --json` tell it.
    package var json: JSONObject {
        let settings = Setting.allCases.map { setting in
            var object: JSONObject = ["key": .string(setting.rawValue)]
            if let entry = self[setting] {
                object["value"] = .string(entry.value.toml)
                object["source"] = .string(entry.source)
            }
            object["reloadable"] = .bool(setting.definition.isReloadable)
            return JSONValue.object(object)
        }
        return ["settings": .array(settings), "text": .string(text)]
    }
}
