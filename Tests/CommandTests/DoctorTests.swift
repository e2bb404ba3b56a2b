import Foundation
import Testing

@testable import moviola

@Suite struct DoctorTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "moviola-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func linesSayLevelValueAndWhatToDo() {
    #expect(DoctorCommand.text(.ok("threads", "2 cores")) == "ok    threads            2 cores\n")
    let warning = DoctorCommand.text(.warn("RAM", "little", "close\nprograms"))
    #expect(warning == "warn  RAM                little\n                         close programs\n")
    #expect(Finding.Level.allCases.max() == .fail && Finding.Level.ok < .warn)
    #expect(DoctorCommand.codes[.ok] == 0 && DoctorCommand.codes[.warn] == 8 && DoctorCommand.codes[.fail] == 9)
  }

  @Test func whatTheEnvironmentForcesIsSaid() {
    let plain = ProcessorCheck(environment: [:]).findings()
    #expect(plain.map(\.name) == ["processor", "kernels", "precision"])
    #expect(plain[2].level == .ok && plain[2].value.contains("turbo"))
    let forced = ProcessorCheck(environment: ["MOVIOLA_ISA": "mmx", "MOVIOLA_FAST_TYPE": "float7"]).findings()
    #expect(forced[1].level == .fail && forced[2].level == .fail)
    let blas = LibraryCheck(environment: ["OPENBLAS_CORETYPE": "Haswell", "ONEDNN_MAX_CPU_ISA": "AVX2"]).findings()
    #expect(blas.allSatisfy { $0.level == .warn && $0.advice?.contains("unset") == true })
  }

  @Test func aQuotaOfTheGroupIsFound() throws {
    try withFolder { (folder: URL) throws in
      let group = folder.appending(path: "sys/fs/cgroup/job")
      try FileManager.default.createDirectory(at: group, withIntermediateDirectories: true)
      let own = folder.appending(path: "proc/self/cgroup")
      try FileManager.default.createDirectory(at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
      try "0::/job\n".write(to: own, atomically: true, encoding: .utf8)
      let file = group.appending(path: "cpu.max")
      let check = ThreadCheck(root: folder.path(percentEncoded: false))
      try "max 100000\n".write(to: file, atomically: true, encoding: .utf8)
      #expect(check.quota == nil)
      try "50000 100000\n".write(to: file, atomically: true, encoding: .utf8)
      #expect(check.quota == 0.5)
    }
  }

  @Test func theEncoderIsTriedAndTheClipReopened() {
    let finding = EncoderCheck().findings()[0]
    #expect(finding.level != .fail && finding.value.contains("5 frames"))
  }

  @Test func aDamagedLedgerIsFound() throws {
    try withFolder { (folder: URL) throws in
      let file = folder.appending(path: "library.sqlite")
      #expect(LedgerCheck(file: file).findings()[0].value.hasPrefix("none yet"))
      try Data(repeating: 7, count: 8192).write(to: file)
      #expect(LedgerCheck(file: file).findings()[0].level == .fail)
    }
  }

  @Test(arguments: [
    ("6GiB", 6 << 30), ("6g", 6 << 30), ("512 MiB", 512 << 20), ("1.5G", 3 << 29), ("800MB", 800_000_000), ("77", 77),
  ])
  func sizesAreUnderstood(_ text: String, _ bytes: Int) {
    #expect(ByteCount(argument: text)?.bytes == bytes)
  }

  @Test(arguments: ["", "GiB", "6XB", "-1G", "nan", "1e99G", "0"])
  func whatIsNoSizeIsRefused(_ text: String) { #expect(ByteCount(argument: text) == nil) }
}
