import SystemIntegration
import Testing

@Suite struct BoardTests {
    /// As Linux 6.12 prints it on a Raspberry Pi 5, two of the processors.
    private let raspberryPi = """
        processor\t: 0
        BogoMIPS\t: 108.00
        Features\t: fp asimd evtstrm crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
        CPU implementer\t: 0x41
        CPU architecture: 8
        CPU variant\t: 0x4
        CPU part\t: 0xd0b
        CPU revision\t: 1

        processor\t: 1
        BogoMIPS\t: 108.00
        CPU implementer\t: 0x41
        CPU part\t: 0xd0b

        Revision\t: c04170
        Model\t\t: Raspberry Pi 5 Model B Rev 1.0
        """

    @Test func namesABoardByItsDeviceTreeAndItsCore() {
        let board = Board(
            deviceTreeModel: "Raspberry Pi 5 Model B Rev 1.0",
            processors: raspberryPi,
            kernel: "6.12.34",
            governor: "ondemand",
            highestKilohertz: "2400000"
        )
        #expect(board.name == "Raspberry Pi 5 Model B Rev 1.0")
        #expect(board.core == "Cortex-A76")
        #expect(board.coreCount == 2)
        #expect(board.kernel == "6.12.34")
        #expect(board.clock == "ondemand, 2400 MHz at most")
    }

    @Test func namesAPersonalComputerByItsProcessor() {
        let processors = "processor\t: 0\nmodel name\t: AMD EPYC 7543\nflags\t\t: fpu avx2\n"
        let board = Board(
            deviceTreeModel: nil,
            processors: processors,
            kernel: "6.1.0",
            governor: nil,
            highestKilohertz: nil
        )
        #expect(board.name == "AMD EPYC 7543")
        #expect(board.core == nil)
        #expect(board.coreCount == 1)
        #expect(board.clock == nil)
    }

    @Test func namesAnUnknownCoreByItsNumbers() {
        func core(_ implementer: String, _ part: String) -> String? {
            Board(
                deviceTreeModel: nil,
                processors: "CPU implementer\t: \(implementer)\nCPU part\t: \(part)\n",
                kernel: "",
                governor: "performance",
                highestKilohertz: nil
            ).core
        }
        #expect(core("0x41", "0xd4f") == "Arm part 0xd4f")
        #expect(core("0x51", "0x800") == "implementer 0x51 part 0x800")
    }

    @Test func asksThisMachine() {
        let board = Board()
        #expect(board.coreCount >= 1)
        #expect(!board.kernel.isEmpty && board.kernel.last != "\n")
        #expect(ProcessUsage.proportionalKilobytes > 0)
        #expect(ProcessUsage.proportionalKilobytes <= ProcessUsage.residentKilobytes)
    }
}
