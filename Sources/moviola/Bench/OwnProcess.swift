import Foundation

/// Programs whose last line is a JSON object: this one, in a process of its own, so that no measurement inherits what
/// another one left; or one that does the same work for comparison.
enum OwnProcess {
  /// Runs `moviola bench` with these arguments and `--json`.
  static func bench<Result: Decodable>(_ arguments: [String], as type: Result.Type = Result.self) throws -> Result {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return try lastLine(of: program, ["bench"] + arguments + ["--json"])
  }

  /// Runs a command line of the shell, with arguments after it.
  static func shell<Result: Decodable>(_ command: String, _ arguments: [String], as type: Result.Type = Result.self)
    throws -> Result
  {
    try lastLine(of: URL(filePath: "/bin/sh"), ["-c", "\(command) \"$@\"", "sh"] + arguments)
  }

  private static func lastLine<Result: Decodable>(of program: URL, _ arguments: [String]) throws -> Result {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let command = ([program.lastPathComponent] + arguments).joined(separator: " ")
    guard process.terminationStatus == 0, let line = output.split(separator: UInt8(ascii: "\n")).last else {
      throw BenchFailure("`\(command)` failed with status \(process.terminationStatus); run it by itself to see why")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(Result.self, from: line)
    } catch {
      throw BenchFailure("the last line of `\(command)` is no JSON object with the numbers that are needed")
    }
  }
}
