/// The `training` section of a pipeline file.
public struct TrainingSettings: StageConfiguration {
  /// An optimization algorithm.
  public enum Optimizer: String, CaseIterable, Sendable {
    /// Adam. **Source:** Kingma, Ba 2015.
    case adam
    /// Adam with decoupled weight decay. **Source:** Loshchilov, Hutter 2019.
    case adamw
    /// Stochastic gradient descent with momentum.
    case sgd
    /// Adagrad. **Source:** Duchi et al. 2011.
    case adagrad
  }

  /// A learning-rate schedule.
  public enum Schedule: String, CaseIterable, Sendable {
    /// A constant rate after the warm-up.
    case constant
    /// A linear decay to zero after the warm-up.
    case linear
    /// A cosine decay to zero after the warm-up.
    case cosine
    /// After the warm-up, a rate that is lowered whenever the validation loss stops falling.
    case plateau
    /// A cosine rise followed by a cosine decay. **Source:** Smith, Topin 2018.
    case onecycle
  }

  /// The score on the validation documents that selects the epoch to keep.
  public enum Selection: String, CaseIterable, Sendable {
    /// The lowest loss.
    case loss
    /// The highest accuracy.
    case accuracy
    /// The highest macro F1, in which all labels count equally.
    case macroF1
  }

  /// The number of passes over the corpus.
  public var epochs = 6
  /// Documents per step.
  public var batch = 64
  /// Documents per shard, the part of a batch that one thread processes.
  public var shard = 32
  /// The seed for all random numbers.
  public var seed = 1
  /// The optimization algorithm.
  public var optimizer = Optimizer.adam
  /// The learning rate before the schedule is applied.
  public var learningRate = 0.002
  /// The learning-rate schedule.
  public var schedule = Schedule.linear
  /// The share of all steps in which the learning rate rises from zero.
  public var warmup = 0.0
  /// For `plateau`: the factor by which the learning rate is lowered.
  public var plateauFactor = 0.5
  /// For `plateau`: the number of consecutive epochs without improvement that are tolerated.
  public var plateauPatience = 1
  /// For `sgd`: the momentum; 0 disables it.
  public var momentum = 0.9
  /// For `sgd`: whether to use Nesterov momentum.
  public var nesterov = false
  /// The L2 penalty, or for `adamw` the decoupled decay; 0 disables it.
  public var weightDecay = 0.0
  /// The weight of each label's documents in the loss.
  public var classWeights = ClassWeights.none
  /// The focal-loss exponent; 0 disables it.
  public var focal = 0.0
  /// Whether to choose a threshold per label by macro F1 on the validation documents.
  public var thresholds = false
  /// The maximum norm of the gradient; 0 disables clipping.
  public var clip = 5.0
  /// The maximum magnitude of each gradient component, applied before `clip`; 0 disables it.
  public var clipValue = 0.0
  /// The decay of the moving average of the weights; 0 disables it.
  public var averaging = 0.0
  /// The number of epochs without a better validation score after which training stops; 0
  /// disables early stopping.
  public var patience = 10
  /// The score that selects the epoch to keep; `nil` for the loss, or the accuracy if the network
  /// has no linear part.
  public var select: Selection?
  /// The time that training should take on the reference machine, in minutes; `nil` for no limit.
  public var minutes: Double?
  /// The number of old documents replayed per new document when continuing from a model.
  public var replay = 1.0
  /// Minutes between checkpoints within an epoch; 0 saves at the end of each epoch only.
  public var checkpointMinutes = 10.0

  /// Creates settings with default values.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .integer("epochs", \.epochs, 1...10_000, "passes over the corpus")
        .tuned(over: ["4", "8", "12", "16", "24"]),
      .integer("batch", \.batch, 1...65_536, "documents per step")
        .tuned(over: ["8", "16", "32", "64"]),
      .integer(
        "shard", \.shard, 1...4_096,
        "documents per shard, the part of a batch that one thread processes; affects the result"),
      .integer("seed", \.seed, 0...Int.max, "seed for all random numbers"),
      .choice("optimizer", \.optimizer, "optimization algorithm"),
      .number(
        "learningRate", \.learningRate, 0...10, open: true,
        "learning rate before the schedule is applied"
      ).tuned(over: ["0.0005", "0.001", "0.002", "0.004", "0.008"]),
      .choice("schedule", \.schedule, "learning-rate schedule over all steps"),
      .number(
        "warmup", \.warmup, 0...0.9,
        "share of all steps in which the learning rate rises from 0; for onecycle, 0 means 0.3"),
      .number(
        "plateauFactor", \.plateauFactor, 0...1, open: true,
        "factor by which the plateau schedule lowers the learning rate"),
      .integer(
        "plateauPatience", \.plateauPatience, 0...1000,
        "consecutive epochs without improvement that the plateau schedule tolerates"),
      .number("momentum", \.momentum, 0...0.999, "momentum of sgd; 0 disables it"),
      .boolean("nesterov", \.nesterov, "whether sgd uses Nesterov momentum"),
      .number(
        "weightDecay", \.weightDecay, 0...10,
        "L2 penalty on the weights (for adamw, decoupled from the gradient); 0 for none"),
      .classWeights(
        "classWeights", \.classWeights, "weight of each label's documents in the loss"),
      .number("focal", \.focal, 0...10, "focal-loss exponent; 0 disables it"),
      .boolean(
        "thresholds", \.thresholds,
        "whether to choose a threshold per label by macro F1 on the validation documents"),
      .number("clip", \.clip, 0...1e6, "maximum norm of the gradient; 0 disables clipping"),
      .number(
        "clipValue", \.clipValue, 0...1e6,
        "maximum magnitude of each gradient component, applied before clip; 0 disables it"),
      .number(
        "averaging", \.averaging, 0...0.999999,
        "decay of the moving average of the weights, such as 0.999; 0 disables it"),
      .integer(
        "patience", \.patience, 0...10_000,
        "epochs without a better score on the validation documents before training stops; 0 "
          + "disables it"
      ),
      .choice(
        "select", \.select,
        "score on the validation documents that selects the epoch to keep; default: loss, or accuracy "
          + "without a linear part"),
      .number(
        "minutes", \.minutes, above: 0...100_000,
        "limit on the training time, in minutes on the reference machine; passes, epochs and "
          + "document lengths are reduced to fit"),
      .number(
        "replay", \.replay, 0...100_000,
        "old documents replayed per new document when continuing from a model"),
      .number(
        "checkpointMinutes", \.checkpointMinutes, 0...100_000,
        "minutes between checkpoints within an epoch; 0 saves only at the end of each epoch"),
    ]
  }

  /// Momentum requires `sgd`, the plateau settings require the `plateau` schedule, and `adamw`
  /// requires weight decay.
  public static var requirements: [SettingRequirement<TrainingSettings>] {
    [
      SettingRequirement("momentum", require: "optimizer: sgd") { $0.optimizer == .sgd },
      SettingRequirement("plateauFactor", "plateauPatience", require: "schedule: plateau") {
        $0.schedule == .plateau
      },
      SettingRequirement("optimizer", require: "weightDecay above 0; without it, adamw is adam") {
        $0.optimizer != .adamw || $0.weightDecay > 0
      },
    ]
  }

  /// Returns the conflicts with `nesterov`, which requires `sgd` with momentum.
  public func conflicts() -> [String] {
    guard nesterov else { return [] }
    if optimizer != .sgd {
      return ["nesterov requires optimizer: sgd, found \(optimizer.rawValue)"]
    }
    return momentum > 0 ? [] : ["nesterov requires a momentum above 0"]
  }
}
