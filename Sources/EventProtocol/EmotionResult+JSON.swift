import JSONText

extension EmotionResult {
    func writeMembers(into object: inout JSONObject) {
        object["label"] = .string(label)
        object["confidencePermille"] = .integer(confidencePermille)
        object["probabilities"] = .object(probabilities.json)
        object["levelDecibelTenths"] = .integer(levelDecibelTenths)
        object["ageMicroseconds"] = .integer(ageMicroseconds)
        object["durationMicroseconds"] = .integer(durationMicroseconds)
    }

    init(_ cursor: JSONCursor) throws(JSONError) {
        self.init(
            label: try cursor.member("label").string(),
            probabilities: try cursor.member("probabilities").probabilities(),
            levelDecibelTenths: try cursor.member("levelDecibelTenths").integer(-10_000...10_000),
            ageMicroseconds: try cursor.member("ageMicroseconds").unsigned(),
            durationMicroseconds: try cursor.member("durationMicroseconds").unsigned()
        )
    }
}

extension [EmotionResult.Probability] {
    /// Label to per mille, in the order of the model.
    var json: JSONObject {
        JSONObject(map { ($0.label, .integer($0.permille)) })
    }
}

extension JSONCursor {
    /// An integer from zero that fits into 63 bits: microseconds of centuries.
    func unsigned() throws(JSONError) -> UInt64 {
        UInt64(try integer(0...Int.max))
    }

    /// An object of label to per mille, in the order of the text.
    func probabilities() throws(JSONError) -> [EmotionResult.Probability] {
        var probabilities: [EmotionResult.Probability] = []
        for label in try object().members.map(\.key) {
            probabilities.append(
                EmotionResult.Probability(
                    label: label,
                    permille: try member(label).integer(0...1000)
                )
            )
        }
        return probabilities
    }
}
