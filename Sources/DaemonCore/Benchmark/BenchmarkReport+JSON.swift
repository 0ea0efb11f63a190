import AudioCapture
import EventProtocol
import JSONText
import SystemIntegration

extension BenchmarkReport {
    /// One line of JSON; times are processor time, in microseconds.
    package var jsonLine: String { JSONValue.object(json).text + "\n" }

    private var json: JSONObject {
        var object: JSONObject = [
            "version": .string(ProductVersion.text),
            "board": .string(board.name),
            "core": board.core.map { .string($0) } ?? .null,
            "coreCount": .integer(board.coreCount),
            "clock": board.clock.map { .string($0) } ?? .null,
            "architecture": .string(Board.architecture),
            "kernel": .string(board.kernel),
            "variant": .string(kernels),
            "model": Self.json(emotion),
            "speechModel": speech.map { Self.json($0) } ?? .null,
            "sound": .string(sound),
        ]
        object["formats"] = .array(formats.map { .object(Self.json($0)) })
        object["windowMicroseconds"] = Self.microseconds(windowNanoseconds)
        object["windowEveryMilliseconds"] = .integer(windowMilliseconds)
        object["proportionalKilobytes"] = .integer(memory.proportional)
        object["residentKilobytes"] = .integer(memory.resident)
        return object
    }

    private static func json(_ model: ModelReference) -> JSONValue {
        [
            "name": .string(model.name),
            "release": .integer(model.release),
            "digest": .string(model.digest),
        ]
    }

    private static func json(_ cost: FormatCost) -> JSONObject {
        [
            "rate": .integer(cost.format.stream.sampleRate),
            "channels": .integer(cost.format.stream.channelCount),
            "encoding": .string(cost.format.encoding.alsaName),
            "silenceMicrosecondsPerSecond": microseconds(cost.silence),
            "speechMicrosecondsPerSecond": microseconds(cost.speech),
            "frontEndMicrosecondsPerSecond": microseconds(cost.frontEnd),
            "utteranceEndMicroseconds": microseconds(cost.end.nanoseconds),
            "utteranceMicroseconds": .integer(cost.end.utteranceMicroseconds),
        ]
    }

    private static func microseconds(_ nanoseconds: UInt64) -> JSONValue {
        .integer((nanoseconds + 500) / 1000)
    }
}
