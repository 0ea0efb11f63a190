import DaemonConfiguration
import Testing

@Suite struct NearestWordTests {
    @Test func isNothingWhenNothingIsNear() {
        #expect(nearestWord(to: "--zzz", among: ["--input", "--model"]) == nil)
        #expect(nearestWord(to: String(repeating: "x", count: 100_000), among: ["--input"]) == nil)
        #expect(nearestWord(to: "", among: []) == nil)
    }
}
