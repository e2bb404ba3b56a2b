import ArgumentParser

/// `moviola bench`: measures this program on this machine.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure memory on models of any shape.", subcommands: [MemoryBench.self])
}
