import ModelStore
import SystemIntegration
import TestSupport
import Testing

/// Whatever happens in the middle of a step: what was in force before it, or what is after it.
@Suite struct CrashTests {
    /// A copy of the state of the fixture as it is now, for runs from the same beginning.
    private func contents(of folder: String) throws -> [String: [UInt8]?] {
        var files: [String: [UInt8]?] = [:]
        func read(_ path: String) throws {
            if try FileStatus(of: folder + path).kind == .folder {
                files[path] = .some(nil)
                for name in Directory.names(in: folder + path) { try read("\(path)/\(name)") }
            } else {
                files[path] = try FileDescriptor.contents(
                    ofFile: folder + path,
                    limit: 16 << 20
                )
            }
        }
        try read("")
        return files
    }

    private func restore(_ files: [String: [UInt8]?], of fixture: StoreFixture) throws {
        removeTree(fixture.state)
        try materialize(files, at: fixture.state)
    }

    /// What is in force before the first step and after each.
    private func expectations(
        _ steps: [String],
        from files: [String: [UInt8]?],
        _ fixture: StoreFixture
    ) throws -> [String] {
        var lines: [String] = []
        for count in 0...steps.count {
            try restore(files, of: fixture)
            let run = try traceSteps(Array(steps.prefix(count)), in: fixture.root)
            #expect(run.end == .exit(0))
            lines.append(try fixture.summary())
        }
        return lines
    }

    /// Runs a scenario, or says that this machine does not allow it.
    private func run(
        _ scenario: Scenario,
        _ body: (StoreFixture, [String], [String: [UInt8]?], [String]) throws -> Void
    ) throws {
        let fixture = try StoreFixture()
        guard try traceSteps([], in: fixture.root).end != .impossible else {
            print("absent: ptrace, no program is ended at its system calls")
            return
        }
        try fixture.fillFolders()
        try scenario.prepare(fixture, fixture.store())
        let files = try contents(of: fixture.state)
        let steps = try scenario.steps(fixture)
        try body(fixture, steps, files, expectations(steps, from: files, fixture))
    }

    /// SIGKILL before the first call that changes the disk, before the second, and so on until there
    /// is no further one.
    @Test(arguments: Scenario.all)
    func aKillBeforeAnyCallLeavesAWholeModel(_ scenario: Scenario) throws {
        try run(scenario) { fixture, steps, files, expected in
            var number = 0
            var kills = 0
            while true {
                try restore(files, of: fixture)
                let run = try traceSteps(steps, in: fixture.root, killBefore: number)
                #expect(run.calls.allSatisfy { $0.name != "unknown" })
                if run.end == .exit(0) { break }
                try #require(run.end == .killed)
                let done = run.calls.count { $0.name == "mark" }
                let found = try fixture.summary()
                #expect(
                    expected[done...(done + 1)].contains(found),
                    "killed before call \(number), step \(done): \(found)"
                )
                #expect(fixture.leftovers() == [])
                #expect(try fixture.worksOn())
                number += Effort.stride
                kills += 1
            }
            #expect(try fixture.summary() == expected.last)
            print("figure: \(scenario.name): killed before \(kills) calls")
        }
    }

    /// Every state of the disk that the calls allow when the power goes, booted one by one.
    @Test(arguments: Scenario.all)
    func aLossOfPowerAtAnyTimeLeavesAWholeModel(_ scenario: Scenario) throws {
        try run(scenario) { fixture, steps, files, expected in
            try restore(files, of: fixture)
            let calls = try traceSteps(steps, in: fixture.root).calls
            try restore(files, of: fixture)
            let disk = try DiskState(folder: fixture.state, calls: calls)
            #expect(disk.objection == nil)
            var number = 0
            var count = 0
            try disk.forEachState { done, files in
                number += 1
                if number % Effort.stride != 1 % Effort.stride { return }
                count += 1
                try restore(files, of: fixture)
                let found = try fixture.summary()
                let allowed = expected[done...min(done + 1, expected.count - 1)]
                #expect(allowed.contains(found), "after step \(done): \(found)")
                #expect(fixture.leftovers() == [])
                #expect(try fixture.worksOn())
            }
            print("figure: \(scenario.name): \(count) states after a loss of power")
        }
    }
}
