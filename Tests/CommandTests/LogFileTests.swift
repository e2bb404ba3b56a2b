import Foundation
import Logging
import Testing

@testable import moviola

/// The log on disk.
struct LogFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-log-\(UUID().uuidString)")

  private func handler(_ file: LogFile) -> Logger { Logger(label: "test") { _ in LogFileHandler(file: file) } }

  @Test func aJobsLinesAreItsOwn() {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = LogFile(folder.appending(path: "log"))
    let logger = handler(file)
    logger.info("#4 begins")
    logger.warning("#41 is another")
    logger.error("#4 ended\nwith two lines")
    logger.debug("#4 not written at this level")
    let lines = file.lines(of: 4).map { $0.split(separator: " ", maxSplits: 1).last.map(String.init) }
    #expect(lines == ["info #4 begins", "error #4 ended⏎with two lines"])
  }

  @Test func aFullFileIsKeptOnceAndStillRead() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appending(path: "log")
    let file = LogFile(place)
    let logger = handler(file)
    let long = String(repeating: "x", count: 1 << 20)
    for number in 0..<5 { logger.info("#9 \(number) \(long)") }
    #expect(FileManager.default.fileExists(atPath: place.path + ".1"))
    #expect(file.lines(of: 9).count == 5)
    let sizes = try [place.path, place.path + ".1"].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0
    }
    #expect(sizes.allSatisfy { $0 < LogFile.limit + long.utf8.count + 100 })
  }

  @Test func aFolderThatCannotBeMadeStopsNothing() {
    let file = LogFile(URL(filePath: "/proc/none/log"))
    handler(file).error("#1 lost")
    #expect(file.lines(of: 1).isEmpty)
  }
}
