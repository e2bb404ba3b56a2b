import ArgumentParser

/// `moviola bench`: what this machine gives, as shares and ratios taken in one run.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this machine's work against its own limits.",
    subcommands: [MemoryBench.self, StudioBench.self])
}
