import DaemonCore
import Testing

@Suite struct LivenessTests {
    @Test func thatGrowsLives() {
        var liveness = Liveness()
        for second in 0..<100 as Range<UInt64> {
            let lives = liveness.hasProgress(
                mark: second,
                patienceMicroseconds: 0,
                atMicroseconds: second * 1_000_000
            )
            #expect(lives)
        }
    }

    @Test func thatStandsStillHasTimeUntilThePatienceIsOver() {
        var liveness = Liveness()
        func look(_ mark: UInt64, at now: UInt64) -> Bool {
            liveness.hasProgress(mark: mark, patienceMicroseconds: 5, atMicroseconds: now)
        }
        #expect(look(0, at: 10))
        #expect(look(0, at: 15))
        #expect(!look(0, at: 16))
        #expect(!look(0, at: 1000))
        #expect(look(1, at: 1001))
        #expect(look(1, at: 1006))
        #expect(!look(1, at: 1007))
    }

    @Test func fromWhomNothingIsExpectedLivesAndStartsAnew() {
        var liveness = Liveness()
        func look(_ patience: UInt64?, at now: UInt64) -> Bool {
            liveness.hasProgress(mark: 7, patienceMicroseconds: patience, atMicroseconds: now)
        }
        #expect(look(5, at: 0))
        #expect(look(nil, at: 1000))
        #expect(look(5, at: 1005))
        #expect(!look(5, at: 1006))
    }
}
