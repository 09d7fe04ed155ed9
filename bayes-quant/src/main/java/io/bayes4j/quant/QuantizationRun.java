package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Normalization;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.Rewriting;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.quant.LayerQuantization.Input;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Quantizes one network: looks at it, runs it on the data, makes the layers, and puts them in. */
final class QuantizationRun {
  private final Layer model;
  private final QuantizationOptions options;

  /** Null to calibrate nothing. */
  private final @Nullable Dataset data;

  private final Rewriting rewriting;
  private final List<LayerQuantization> entries = new ArrayList<>();

  /** What is to be quantized. */
  private final IdentityHashMap<Layer, AffineOp> chosen = new IdentityHashMap<>();

  /** What is to be quantized and is not affine. */
  private final Set<Layer> others = Collections.newSetFromMap(new IdentityHashMap<>());

  private IdentityHashMap<Layer, BatchNorm> folds = new IdentityHashMap<>();
  private @Nullable Observations seen;

  /** The network's numbers, if something of them is kept. */
  private final Map<String, INDArray> state;

  QuantizationRun(Layer model, QuantizationOptions options, @Nullable Dataset data) {
    this.model = model;
    this.options = options;
    this.data = data;
    this.rewriting = Rewriting.of(model);
    this.state = options.keepsPriors() ? StateDict.copyOf(model) : Map.of();
  }

  Quantization run() {
    List<Located> places = rewriting.withWeights();
    Require.argument(
        !places.isEmpty(),
        Layers.of(model).stream().anyMatch(place -> QuantizedLayers.is(place.layer()))
            ? "model must have float weights, but it is quantized already"
            : "model must have weights to quantize, it has none");
    options.layers().requireMatches(places);
    Map<Located, String> refused = choose(places);
    if (data != null && !(chosen.isEmpty() && others.isEmpty())) {
      calibrate(places, data);
    }
    rewriting.places().forEach(place -> add(place, refused.get(place)));
    return new Quantization(rewriting.finish(), new QuantizationReport(entries));
  }

  /** Says of those that are not quantized why. */
  private Map<Located, String> choose(List<Located> places) {
    Map<Located, String> refused = new LinkedHashMap<>();
    for (Located place : places) {
      Layer layer = place.layer();
      AffineOp op = QuantizedLayers.affineOp(layer);
      if (!options.layers().leaves(place)) {
        refused.put(place, "the options leave it out");
      } else if (QuantizedLayers.hasOtherForm(layer)) {
        if (rewriting.accepts(place, other(place, InputScale.DYNAMIC))) {
          others.add(layer);
        } else {
          refused.put(place, "its slot does not accept its 8-bit form");
        }
      } else if (op == null) {
        refused.put(place, whyFloat(layer).orElse("a layer of this kind has no 8-bit form"));
      } else if (op.fanIn() > IntegerKernels.MOST_TERMS) {
        refused.put(
            place,
            "a sum over "
                + op.fanIn()
                + " inputs might not fit in 32 bits, only "
                + IntegerKernels.MOST_TERMS
                + " are sure to");
      } else if (!rewriting.accepts(place, probe(place))) {
        refused.put(place, "its slot does not accept a QuantizedAffine");
      } else {
        chosen.put(layer, op);
      }
    }
    return refused;
  }

  private Layer other(Located place, InputScale input) {
    return named(place, () -> QuantizedLayers.other(place.layer(), options, input, origin(place)));
  }

  private QuantizedAffine probe(Located place) {
    return make(place, weights(place), InputScale.DYNAMIC);
  }

  private FloatWeights weights(Located place) {
    return named(place, () -> Objects.requireNonNull(FloatWeights.of(place.layer())));
  }

  private QuantizedAffine make(Located place, FloatWeights weights, InputScale input) {
    QuantizedWeights rounded =
        named(
            place,
            () -> QuantizedWeights.of(weights, options.coveredSigmas(), options.perUnit(), ""));
    return new QuantizedAffine(
        Objects.requireNonNull(QuantizedLayers.affineOp(place.layer())),
        rounded,
        input.array(),
        origin(place));
  }

  private Origin origin(Located place) {
    return new Origin(place.layer().getClass().getSimpleName(), Origin.priors(state, place.path()));
  }

  private <T> T named(Located place, Supplier<T> work) {
    return rewriting.making(place, "quantized", work);
  }

  private void calibrate(List<Located> places, Dataset data) {
    Set<Layer> all = Collections.newSetFromMap(new IdentityHashMap<>());
    all.addAll(chosen.keySet());
    all.addAll(others);
    Observations observed = new Observations(all);
    seen = observed;
    CalibrationRun run = new CalibrationRun(model, data, options);
    run.observe(observed);
    for (Located place : places) {
      Require.argument(
          !all.contains(place.layer()) || observed.saw(place.layer()),
          "layer \"%s\" never ran on the data of the calibration: leave it out, or calibrate with"
              + " data that reach it",
          place.path());
    }
    if (options.foldsNorms()) {
      folds = NormFolds.of(model, chosen, observed, run);
    }
  }

  private void add(Located place, @Nullable String refused) {
    if (place.layer() instanceof BatchNorm norm && folds.containsValue(norm)) {
      rewriting.replace(place, new Identity());
      entries.add(plain(place, Outcome.FOLDED, "is part of the layer before it"));
    } else if (refused != null) {
      boolean kept = place.layer() instanceof Normalization || !options.layers().leaves(place);
      entries.add(plain(place, kept ? Outcome.KEPT : Outcome.REFUSED, refused));
    } else if (place.layer().parameters().isEmpty()) {
      whyFloat(place.layer()).ifPresent(why -> entries.add(plain(place, Outcome.KEPT, why)));
    } else if (seen == null) {
      boolean affine = chosen.containsKey(place.layer());
      rewriting.replace(place, affine ? probe(place) : other(place, InputScale.DYNAMIC));
      entries.add(plain(place, Outcome.QUANTIZED, "rounds each row or example by itself"));
    } else if (others.contains(place.layer())) {
      addOther(place, seen);
    } else {
      addCalibrated(place, seen);
    }
  }

  /** Why a layer is float that has no 8-bit form; empty if it has none but needs none either. */
  private Optional<String> whyFloat(Layer layer) {
    if (layer instanceof BatchNorm norm) {
      return Optional.of(FloatLayers.whyNotFolded(norm, data != null, options.foldsNorms()));
    }
    return layer.parameters().isEmpty() ? FloatLayers.why(layer) : Optional.empty();
  }

  private static LayerQuantization plain(Located place, Outcome outcome, String detail) {
    return new LayerQuantization(
        place.path(),
        place.layer().toString(),
        outcome,
        detail,
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  private void addCalibrated(Located place, Observations seen) {
    Layer layer = place.layer();
    ActivationHistogram histogram = seen.histogram(layer);
    Input input = input(histogram);
    Quantum quantum = new Quantum(input.scale(), input.signed());
    InputScale scale = new InputScale(Optional.of(quantum), seen.isFirst(layer));
    Optional<BatchNorm> norm = Optional.ofNullable(folds.get(layer));
    FloatWeights weights = folded(place, norm);
    LayerCheck check = new LayerCheck(place, norm, seen.sample(layer), options.seed());
    QuantizedAffine made = make(place, weights, scale);
    if (options.correctsBiases()) {
      made = make(place, corrected(weights, check.lack(made, Require.entry(chosen, layer))), scale);
    }
    rewriting.replace(place, made);
    entries.add(
        new LayerQuantization(
            place.path(),
            layer.toString(),
            Outcome.QUANTIZED,
            norm.isPresent() ? "with the normalisation behind it" : "is a QuantizedAffine now",
            Optional.of(input),
            check.signalToNoise(made),
            weights.bayesian() ? check.spreadRatio(made) : OptionalDouble.empty()));
  }

  private void addOther(Located place, Observations seen) {
    Layer layer = place.layer();
    boolean recurrent = layer instanceof Recurrent;
    Input input = input(seen.histogram(layer));
    Quantum quantum = new Quantum(input.scale(), input.signed());
    Layer made = other(place, new InputScale(Optional.of(quantum), seen.isFirst(layer)));
    LayerCheck check = new LayerCheck(place, Optional.empty(), seen.sample(layer), options.seed());
    rewriting.replace(place, made);
    entries.add(
        new LayerQuantization(
            place.path(),
            layer.toString(),
            Outcome.QUANTIZED,
            "is a " + made.getClass().getSimpleName() + " now",
            recurrent ? Optional.of(input) : Optional.empty(),
            check.signalToNoise(made),
            made.drawsWeights() ? check.spreadRatio(made) : OptionalDouble.empty()));
  }

  private FloatWeights folded(Located place, Optional<BatchNorm> norm) {
    FloatWeights own = weights(place);
    return norm.map(
            n -> {
              NormFolds.Scale scale = named(place, () -> NormFolds.Scale.of(n));
              return own.then(scale.factors(), scale.shifts());
            })
        .orElse(own);
  }

  private static FloatWeights corrected(FloatWeights weights, float[] lack) {
    float[] bias = lack.clone();
    for (int unit = 0; unit < bias.length; unit++) {
      bias[unit] += weights.bias() == null ? 0 : weights.bias()[unit];
    }
    return weights.withBias(bias);
  }

  private Input input(ActivationHistogram histogram) {
    boolean signed = histogram.negative();
    int bins = options.range().bins(histogram);
    boolean all = bins >= histogram.used();
    float end = all ? histogram.greatest() : histogram.end(bins);
    float scale = end / (signed ? Byte.MAX_VALUE : 255);
    // Nothing but zeros, or nearly: any step will do.
    float step = scale < 1e-20f ? 1 : scale;
    return new Input(step, 0, signed, all ? 0 : histogram.beyond(bins), histogram.seen());
  }
}
