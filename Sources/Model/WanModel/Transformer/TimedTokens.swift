import Tensors

/// Neighbouring tokens at the same noise level. In text-to-video all of them are; TI2V-5B was trained to be told of each
/// token by itself, so that a first frame that is given can be clean while the others are noise.
struct TimedTokens {
  let tokens: Range<Int>
  /// Which of the different timesteps.
  let time: Int

  /// - Parameter timesteps: one for all tokens, or one for each.
  /// - Returns: the runs, and the different timesteps in the order of their first token.
  static func runs(_ timesteps: [Double], count: Int) -> (runs: [TimedTokens], times: [Double]) {
    guard timesteps.count > 1 else { return ([TimedTokens(tokens: 0..<count, time: 0)], timesteps) }
    var runs: [TimedTokens] = []
    var indices: [Double: Int] = [:]
    var start = 0
    for token in timesteps.indices where token + 1 == count || timesteps[token + 1] != timesteps[token] {
      let next = indices.count
      let time = indices[timesteps[token], default: next]
      indices[timesteps[token]] = time
      runs.append(TimedTokens(tokens: start..<token + 1, time: time))
      start = token + 1
    }
    return (runs, indices.sorted { $0.value < $1.value }.map(\.key))
  }

  /// `count` tokens in as few parts as `limit` allows, of nearly the same size.
  static func parts(of count: Int, atMost limit: Int) -> [Range<Int>] {
    let number = max(1, (count + limit - 1) / max(limit, 1))
    let size = max(1, (count + number - 1) / number)
    return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
  }
}

/// Shifts, scales and gates for every token: rows of a learned table plus those that the token's timestep gives.
struct Modulation {
  private let runs: [(tokens: Range<Int>, rows: [Float])]
  private let width: Int
  private let epsilon: Float

  /// - Parameters:
  ///   - table: [rows · width]
  ///   - times: [different timesteps, rows · width]
  init(_ table: Tensor, _ times: Tensor, _ runs: [TimedTokens], width: Int, epsilon: Double) {
    let table = table.floats()
    let sums = (0..<times.shape[0]).map { time in zip(table, times.rows(time..<time + 1).floats()).map { $0 + $1 } }
    self.runs = runs.map { ($0.tokens, sums[$0.time]) }
    (self.width, self.epsilon) = (width, Float(epsilon))
  }

  private init(_ runs: [(tokens: Range<Int>, rows: [Float])], _ whole: Modulation) {
    (self.runs, width, epsilon) = (runs, whole.width, whole.epsilon)
  }

  /// For some of the tokens, which are counted from zero then.
  func part(_ tokens: Range<Int>) -> Modulation {
    let runs = runs.compactMap { run -> (tokens: Range<Int>, rows: [Float])? in
      let shared = run.tokens.clamped(to: tokens)
      if shared.isEmpty { return nil }
      return (shared.lowerBound - tokens.lowerBound..<shared.upperBound - tokens.lowerBound, run.rows)
    }
    return Modulation(runs, self)
  }

  private func row(_ row: Int, _ rows: [Float], plus offset: Float = 0) -> Tensor {
    Tensor(rows[row * width..<(row + 1) * width].map { $0 + offset }, shape: [width])
  }

  /// norm(x) · (1 + scale) + shift, where `scale` and `shift` are rows; x is [tokens, width].
  func norm(_ x: Tensor, shift: Int, scale: Int, on device: any Device) -> Tensor {
    func norm(_ x: Tensor, _ rows: [Float], for use: Use) -> Tensor {
      device.layerNorm(x, weight: row(scale, rows, plus: 1), bias: row(shift, rows), epsilon: epsilon, for: use)
    }
    if runs.count == 1 { return norm(x, runs[0].rows, for: .products) }
    let result = Tensor(uninitialized: x.shape)
    for (tokens, rows) in runs {
      norm(x.rows(tokens), rows, for: .sums).withFloats { part in
        result.rows(tokens).withMutableFloats { _ = $0.update(from: part) }
      }
    }
    return result
  }

  /// x += linear(y) · gate, in place, where `gate` is a row; y is [tokens, any width], x [tokens, width].
  func addLinear(_ y: Tensor, _ weight: Weight, to x: Tensor, gate: Int, on device: any Device) {
    if runs.count == 1 { return device.addLinear(y, weight, to: x, gate: row(gate, runs[0].rows)) }
    for (tokens, rows) in runs {
      device.addLinear(y.rows(tokens), weight, to: x.rows(tokens), gate: row(gate, rows))
    }
  }
}
