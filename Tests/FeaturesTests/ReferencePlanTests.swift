import Dispatch
import ModelDescription
import ReferenceFeatures
import Testing

/// FFTW's planner is not safe for threads; the twin is.
@Suite struct ReferencePlanTests {
    @Test func twinsMayBeMadeSideBySide() {
        let lengths = [256, 512, 1024, 2048]
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            let length = lengths[index % lengths.count]
            let options = FrontEndOptions(frameLength: length, hopLength: 64, fftLength: length)
            let twin = ReferenceFrontEnd(options: options)
            #expect(twin.frames(Array(repeating: 100, count: length)).count == 40)
        }
    }
}
