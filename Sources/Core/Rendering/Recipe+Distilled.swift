/// LoRAs that were distilled to few steps, such as Wan2.2-Lightning, render well with the settings of their training
/// only: 4 steps of Euler at shift 5 without guidance. The noise levels are then 1, 0.9375, 0.8333 and 0.625, so that
/// the experts change after the second step. Source: https://github.com/ModelTC/Wan2.2-Lightning (`wan_t2v_A14B.py`,
/// `fm_solvers_euler.py`) and LightX2V's `wan_moe_t2v_distill.json`.
extension Recipe {
  /// Takes a preset; `distilled` comes with its steps, shift, guidance and sampler.
  /// - Parameter defaults: where those come from again when another preset takes its place; nil leaves them.
  public mutating func use(_ preset: SchedulePreset, defaults: Recipe? = nil) {
    let wasDistilled = self.preset == .distilled
    self.preset = preset
    if preset == .distilled {
      (steps, shift, guidance, sampler) = (4, 5, Guidance(high: 1, low: 1), .euler)
    } else if wasDistilled, let defaults {
      (steps, shift, guidance, sampler) = (defaults.steps, defaults.shift, defaults.guidance, defaults.sampler)
    }
  }

  /// What to say if a LoRA is by its name for few steps, and guidance is on: the colours burn. nil if there is nothing.
  public var distilledHint: String? {
    let lora = loras.first { lora in
      let scale =
        switch lora.expert {
        case .highNoiseExpert?: abs(guidance.high - 1)
        case .lowNoiseExpert?: abs(guidance.low - 1)
        default: max(abs(guidance.high - 1), abs(guidance.low - 1))
        }
      return scale > 1e-9 && lora.isDistilledByName
    }
    guard let name = lora?.path.split(separator: "/").last else { return nil }
    return "\(name) is by its name a LoRA for few steps without guidance, but the guidance is "
      + "\(RecipeField.guidance.text(of: self)): the distilled preset sets 4 steps, shift 5, guidance 1 and euler"
  }
}

extension LoRAUse {
  /// "…4steps…", "…4-step…", "…Lightning…", "…distill…", in its own name or that of its folder, as in
  /// `Wan2.2-T2V-A14B-4steps-lora-rank64-Seko-V1/high_noise_model.safetensors`.
  var isDistilledByName: Bool {
    let name = path.split(separator: "/").suffix(2).joined(separator: " ").lowercased()
    let plain = name.filter { $0.isLetter || $0.isNumber }
    return ["4step", "8step", "lightning", "distill"].contains { plain.contains($0) }
  }
}
