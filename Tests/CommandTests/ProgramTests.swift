import Foundation
import Testing

@testable import moviola

/// The program beside this test, with a home of its own.
@Suite struct ProgramTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")

  /// - Returns: the exit code and what came on standard error.
  private func moviola(_ arguments: String...) throws -> (status: Int32, said: String) {
    try shell("exec \"$0\" \"$@\"", arguments)
  }

  /// - Parameter script: of `sh`; the program is `$0`.
  private func shell(_ script: String, _ arguments: [String] = []) throws -> (status: Int32, said: String) {
    let bundle = try #require(CommandLine.arguments.first { $0.hasSuffix(".xctest") })
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let program = URL(filePath: bundle).deletingLastPathComponent().appending(path: "moviola").path
    process.arguments = ["-c", script, program] + arguments
    process.environment = [
      "HOME": folder.path, "MOVIOLA_HOME": folder.path, "LD_LIBRARY_PATH": folder.path, "PATH": "/usr/bin:/bin",
    ]
    let errors = Pipe()
    (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  /// Swift would give two different names one and the same repair.
  @Test func argumentsThatAreNotUTF8AreRefused() throws {
    let name = #""$0" render "a ball" -o "$(printf 'q\377.mp4')""#
    let home = #"HOME="$(printf '/h\377')" "$0" plan "a ball""#
    for script in [name, home] {
      let (status, said) = try shell(script)
      #expect(status == ExitReason.usage.rawValue && said.contains("is not UTF-8"), "\(said)")
    }
  }

  /// On a machine where a library of FFmpeg's is damaged.
  @Test func aMissingLibraryIsSaidBeforeAnythingIsRendered() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for version in 5...20 { try Data().write(to: folder.appending(path: "libswscale.so.\(version)")) }
    let clip = folder.appending(path: "a.mp4").path
    let rendered = try moviola("render", "a red ball", "--no-history", "-o", clip)
    #expect(rendered.status == ExitReason.encoding.rawValue)
    #expect(rendered.said.contains("FFmpeg's libraries cannot be loaded: ") && rendered.said.contains("libswscale.so."))
    #expect(!rendered.said.contains("Denoised") && !FileManager.default.fileExists(atPath: clip))
    try Data("no clip".utf8).write(to: URL(filePath: clip))
    let again = try moviola("render", "--from", clip, "--no-history")
    #expect(again.status == ExitReason.encoding.rawValue && again.said.contains("FFmpeg's libraries cannot be loaded"))
    // Whoever wants no clip does not need them.
    #expect(try moviola("plan", "a red ball").status == 0)
  }
}
