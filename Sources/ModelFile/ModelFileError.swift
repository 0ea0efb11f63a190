public import JSONText
public import ModelDescription

/// Why a model file is rejected.
public enum ModelFileError: Error, Equatable {
    /// The bytes are no container of the format: what was expected and what came.
    case container(expected: String, found: String)
    /// The header or the manifest is malformed.
    case json(part: String, JSONError)
    /// The model needs a newer engine.
    case engineTooOld(needed: Int, present: Int)
    /// The graph does not fit together for this number of frames.
    case graph(GraphError, frameCount: Int)
    /// A tensor is missing.
    case missingTensor(String)
    /// A tensor has the wrong type or shape.
    case wrongTensor(String, expected: String, found: String)
    /// A tensor belongs to nothing.
    case strayTensor(String)
    /// A value is outside its range.
    case value(place: String, expected: String, found: String)
    /// The model is larger than the engine allows.
    case tooLarge(what: String, found: Int, limit: Int)
}

extension ModelFileError: CustomStringConvertible {
    /// The error in words: what was expected, what came.
    public var description: String {
        switch self {
        case .container(let expected, let found):
            "not a model file: expected \(expected), found \(found)"
        case .json(let part, let error):
            "\(part): \(error)"
        case .engineTooOld(let needed, let present):
            "the model needs engine \(needed), this is engine \(present): update affectd"
        case .graph(let error, let frameCount):
            "graph with \(frameCount) frames: \(error)"
        case .missingTensor(let name):
            "the tensor \(name) is missing"
        case .wrongTensor(let name, let expected, let found):
            "tensor \(name): expected \(expected), found \(found)"
        case .strayTensor(let name):
            "the tensor \(name) belongs to no part of the manifest"
        case .value(let place, let expected, let found):
            "\(place): expected \(expected), found \(found)"
        case .tooLarge(let what, let found, let limit):
            "\(what): \(found), at most \(limit) are allowed"
        }
    }
}
