import ArgumentParser
import Checkpoints
import Foundation
import Rendering
import WanModel

/// How the program ends: the exit codes, in one table. `--help` prints it.
enum ExitReason: Int32, CaseIterable {
  case done = 0
  case other = 1
  case badRecipe = 2
  case badModel = 3
  case noSpace = 4
  case inputOutput = 5
  case encoding = 6
  case numerics = 7
  /// `doctor` found something to mind.
  case warnings = 8
  /// `doctor` found something that will fail.
  case unwell = 9
  /// What every program built on swift-argument-parser answers to arguments that it does not know.
  case usage = 64
  /// As after any SIGINT: 128 + 2.
  case cancelled = 130
  /// 128 + 15.
  case terminated = 143

  init(_ code: RenderError.Code) {
    self =
      switch code {
      case .badRecipe: .badRecipe
      case .badModel: .badModel
      case .noSpace: .noSpace
      case .inputOutput: .inputOutput
      case .encoding: .encoding
      case .numerics: .numerics
      case .cancelled: .cancelled
      }
  }

  /// The name in `{"event":"failed","code":…}`.
  var name: String {
    switch self {
    case .done: "done"
    case .other: "other"
    case .badRecipe: "bad_recipe"
    case .badModel: "bad_model"
    case .noSpace: "no_space"
    case .inputOutput: "input_output"
    case .encoding: "encoding"
    case .numerics: "numerics"
    case .warnings: "warnings"
    case .unwell: "unwell"
    case .usage: "usage"
    case .cancelled: "cancelled"
    case .terminated: "terminated"
    }
  }

  private var meaning: String {
    switch self {
    case .done: "done: the clip is written and checked"
    case .other: "something that has no code of its own"
    case .badRecipe: "the recipe is impossible: prompt, sizes, counts"
    case .badModel: "the model is missing, damaged or not understood"
    case .noSpace: "not enough memory or disk"
    case .inputOutput: "a file or folder cannot be read or written"
    case .encoding: "no encoder, or encoding or the check of the clip failed"
    case .numerics: "the arithmetic gave NaN or infinity"
    case .warnings: "moviola doctor has warnings"
    case .unwell: "moviola doctor found what will fail"
    case .usage: "the arguments are not understood"
    case .cancelled: "cancelled by Ctrl-C"
    case .terminated: "cancelled by SIGTERM"
    }
  }

  /// For `--help`.
  static let table =
    "EXIT CODES:\n"
    + allCases.map { status in
      let number = String(status.rawValue)
      return "  " + number + String(repeating: " ", count: 5 - number.count) + status.meaning
    }.joined(separator: "\n")
}

/// Any error as a person reads it: one sentence on one line, and an exit code. The only place that does this.
struct Failure {
  let status: ExitReason
  let sentence: String

  init(_ error: any Error) {
    let (status, text): (ExitReason, String) =
      switch error {
      case let error as RenderError: (ExitReason(error.code), error.sentence)
      case let error as CheckpointError: (error.isOfTheSystem ? .noSpace : .badModel, error.description)
      case let error as ModelError: (.badModel, error.description)
      case is CancellationError: (.cancelled, "cancelled")
      case _ where Moviola.exitCode(for: error) == .validationFailure:
        (.usage, Moviola.message(for: error) + "; see moviola --help")
      default: (.other, Moviola.message(for: error))
      }
    self.status = status
    sentence = Self.oneLine(text)
  }

  /// Ends the process as the error asks for: help and version go to standard output, everything else is a
  /// sentence on standard error.
  static func exit(with error: any Error) -> Never {
    if Moviola.exitCode(for: error) == .success {
      let text = Moviola.fullMessage(for: error)
      if !text.isEmpty { Console.output(text + "\n") }
      exit(ExitReason.done.rawValue)
    }
    if let code = error as? ExitCode { exit(code.rawValue) }
    let failure = Failure(error)
    Console.error("moviola: error: \(failure.sentence)\n")
    let status = failure.status == .cancelled ? Interrupts.exitReason : failure.status
    Foundation.exit(status.rawValue)
  }

  /// Ends the process with this code, unless what it says has reached nobody.
  static func exit(_ code: Int32) -> Never {
    guard let lost = Console.outputError else { Foundation.exit(code) }
    Console.error("moviola: error: \(lost.sentence)\n")
    Foundation.exit(ExitReason.inputOutput.rawValue)
  }

  /// File names and model files may hold line breaks and escape sequences: they reach no terminal.
  static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
      .replacing(#/[\p{Cc}\p{Zl}\p{Zp}]/#, with: "?")
  }
}
