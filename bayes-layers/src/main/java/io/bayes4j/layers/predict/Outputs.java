package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Probabilities;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a model's outputs can be what they are taken for. */
final class Outputs {
  private static final Logger LOG = LoggerFactory.getLogger(Predictor.class);

  /** Predictors that have been warned of, for as long as they exist. */
  private static final Set<Predictor> WARNED =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private Outputs() {}

  static void requireClasses(INDArray outputs) {
    Require.argument(
        outputs.rank() != 2 && (outputs.rank() < 3 || outputs.size(2) > 1),
        "the model must return [N, K] logits of 2 or more classes to classify, got one number for"
            + " each example, %s; for a yes-or-no question call classifyBinary",
        shape(outputs));
    Require.argument(
        outputs.rank() >= 3,
        "the model must return [N, K] logits to classify, got %s",
        shape(outputs));
  }

  static void requireOneLogit(INDArray outputs) {
    Require.argument(
        outputs.rank() == 2 || (outputs.rank() >= 3 && outputs.size(2) == 1),
        "the model must return one logit for each example, [N] or [N, 1, places...], to"
            + " classifyBinary, got %s; for classes call classify, for several independent labels"
            + " classifyLabels",
        shape(outputs));
  }

  static void requireLabels(INDArray outputs) {
    Require.argument(
        outputs.rank() >= 3,
        "the model must return [N, K] logits to classifyLabels, got %s; for one yes-or-no question"
            + " call classifyBinary",
        shape(outputs));
  }

  /** Shape of what the model returns for a draw. */
  static String shape(INDArray outputs) {
    return Arrays.toString(Arrays.copyOfRange(outputs.shape(), 1, outputs.rank()));
  }

  static void warnOfProbabilities(Predictor predictor, INDArray outputs) {
    if (!WARNED.contains(predictor)
        && Probabilities.sumToOne(outputs, 2)
        && WARNED.add(predictor)) {
      LOG.warn(
          "the outputs given to classify look like probabilities, since each example's sum to one;"
              + " it applies softmax itself, which makes them far too unsure: let the model return"
              + " logits, without a softmax");
    }
  }

  static void warnOfSigmoid(Predictor predictor, INDArray outputs) {
    if (!WARNED.contains(predictor)
        && Probabilities.allBetweenZeroAndOne(outputs)
        && WARNED.add(predictor)) {
      LOG.warn(
          "the outputs given to classifyBinary or classifyLabels look like probabilities, since all"
              + " lie between 0 and 1; a sigmoid is applied to them: let the model return logits,"
              + " without a sigmoid");
    }
  }
}
