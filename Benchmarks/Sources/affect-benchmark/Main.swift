import Glibc
import ModelFile

/// Prints what it can measure, one JSON line each, then measures what standard input names.
///
/// Usage: affect-benchmark MODEL SPEECH SILENCE [PREFIX…], the sounds raw Int16 at 16 kHz. With
/// prefixes it prints the names that begin so, each after its work was done between two marks.
@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4 else { fail("expected MODEL SPEECH SILENCE [PREFIX…]") }
        let model = try Model(reading: bytes(of: arguments[1]))
        let speech = samples(of: arguments[2])
        let silence = samples(of: arguments[3])
        let all =
            try frontEndMeasurements(model: model, speech: speech)
            + gateMeasurements(speech: speech, silence: silence)
            + networkMeasurements(model: model)
            + operatorMeasurements() + frontEndKernelMeasurements()
        let prefixes = arguments[4...]
        guard prefixes.isEmpty else {
            for measurement in all where prefixes.contains(where: measurement.name.hasPrefix) {
                measurement.mark()
                print(measurement.name)
            }
            return
        }
        for measurement in all {
            print(
                #"{"name":"\#(measurement.name)","unit":"\#(measurement.unit)","#
                    + #""multiplyAccumulates":\#(measurement.multiplyAccumulates)}"#
            )
        }
        print("{}")
        _ = fflush(nil)
        while let name = readLine() {
            guard let measurement = all.first(where: { $0.name == name }) else {
                fail("no measurement \(name)")
            }
            print(measurement.nanoseconds())
            _ = fflush(nil)
        }
    }
}
