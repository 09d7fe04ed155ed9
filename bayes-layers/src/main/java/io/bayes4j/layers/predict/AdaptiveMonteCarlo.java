package io.bayes4j.layers.predict;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Softmax;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicts with as many draws as a call needs: it stops when the Monte-Carlo standard error of
 * every mean that is asked for is at most a tolerance.
 *
 * <pre>{@code
 * Prediction prediction = MonteCarlo.of(model).adaptive(0.02).classify(images);
 * int used = prediction.draws();
 * }</pre>
 *
 * <p>What is asked for are class probabilities of {@code classify}, those of yes of {@code
 * classifyBinary} and {@code classifyLabels}, means of {@code regress}, in the model's own unit,
 * and the outputs of {@link #outputs}. The standard error of a mean of n draws is their standard
 * deviation over the root of n; the greatest one of all examples of the call decides, so that hard
 * examples among easy ones cost draws for all. Give easy and hard ones apart, or few at a time.
 *
 * <p>The draws are the first ones of the fixed sequence: a call that used n gives, bit for bit,
 * what {@link MonteCarlo#samples samples(n)} gives.
 *
 * <p>{@linkplain MonteCarlo#antithetic Antithetic} draws need fewer for the same error.
 *
 * <p>It looks after the least number of draws, and again each time that, by the spread seen so far,
 * there should be enough, at most half as many draws again later. A spread that is estimated from
 * few draws is sometimes too small by chance: with the 10 of the start, the true error is above the
 * tolerance more often than with more.
 */
public final class AdaptiveMonteCarlo implements Predictor {
  private static final int LEAST = 10;
  private static final int MOST = 200;

  private final MonteCarlo draws;
  private final double tolerance;
  private final int least;
  private final int most;
  private final Asking logits = new Asking(Asked.OUTPUTS);
  private final Asking classes = new Asking(Asked.CLASSES);
  private final Asking yes = new Asking(Asked.YES);
  private final Asking gaussians = new Asking(Asked.FIRST_HALF);

  private AdaptiveMonteCarlo(MonteCarlo draws, double tolerance, int least, int most) {
    this.draws = draws;
    this.tolerance = tolerance;
    this.least = least;
    this.most = most;
  }

  static AdaptiveMonteCarlo of(MonteCarlo draws, double tolerance) {
    return new AdaptiveMonteCarlo(draws, tolerance, LEAST, MOST);
  }

  /**
   * The same with other bounds of the number of draws; 10 and 200 unless set. A call that reaches
   * the most stops there, its error above the tolerance: see {@link Prediction#standardError}.
   *
   * @throws IllegalArgumentException if the least is below 2, or 4 for antithetic draws, which tell
   *     no spread, the most below the least, or one of them odd for antithetic draws
   */
  @CheckReturnValue
  public AdaptiveMonteCarlo between(int fewest, int greatest) {
    int together = draws.dependentDraws();
    Require.argument(fewest >= 2 * together, "fewest must be >= %d, got %d", 2 * together, fewest);
    Require.argument(
        fewest % together == 0 && greatest % together == 0,
        "fewest and greatest must be even for antithetic draws, got %d and %d",
        fewest,
        greatest);
    Require.argument(
        greatest >= fewest, "greatest must be >= fewest (=%d), got %d", fewest, greatest);
    return new AdaptiveMonteCarlo(draws, tolerance, fewest, greatest);
  }

  /** 2 if the draws are {@linkplain MonteCarlo#antithetic antithetic}, else 1. */
  @Override
  public int dependentDraws() {
    return draws.dependentDraws();
  }

  /** Standard error that is small enough. */
  public double tolerance() {
    return tolerance;
  }

  /**
   * What the model returns for as many draws as the means of the outputs need.
   *
   * @return [draws used, N, ...]
   * @throws IllegalArgumentException as {@link MonteCarlo#outputs}
   * @throws IllegalStateException if nothing in the model is random
   */
  @Override
  public INDArray outputs(INDArray x) {
    return logits.outputs(x);
  }

  @Override
  public Prediction classify(INDArray x) {
    return classes.classify(x);
  }

  @Override
  public Prediction classifyBinary(INDArray x) {
    return yes.classifyBinary(x);
  }

  @Override
  public LabelPrediction classifyLabels(INDArray x) {
    return yes.classifyLabels(x);
  }

  @Override
  public RegressionPrediction regress(INDArray x) {
    return gaussians.regress(x);
  }

  @Override
  public RegressionPrediction regress(INDArray x, double sigma) {
    return logits.regress(x, sigma);
  }

  /** Whose means have to be exact enough. */
  private enum Asked {
    OUTPUTS,
    CLASSES,
    YES,
    FIRST_HALF;

    /** What is asked for, of outputs [draws, N, ...] that stay as they are. */
    INDArray of(INDArray outputs) {
      if (this == OUTPUTS || this == FIRST_HALF) {
        return outputs;
      }
      INDArray copy = Detached.copy(outputs);
      if (this == YES) {
        Sigmoid.inPlace(copy);
      } else if (copy.rank() >= 3) {
        Softmax.inPlace(copy, 2);
      }
      return copy;
    }

    /** How many numbers of an example count, of those that it has. */
    long counted(long numbers) {
      return this == FIRST_HALF ? numbers / 2 : numbers;
    }
  }

  /** Asks for one kind of means. */
  private final class Asking implements Predictor {
    private final Asked asked;

    Asking(Asked asked) {
      this.asked = asked;
    }

    @Override
    public int dependentDraws() {
      return draws.dependentDraws();
    }

    @Override
    public INDArray outputs(INDArray x) {
      INDArray rows = Rows.checked(x);
      return draws.reading(() -> run(rows));
    }

    private INDArray run(INDArray rows) {
      List<INDArray> blocks = new ArrayList<>();
      MeanErrors errors = null;
      int done = 0;
      int goal = least;
      while (done < goal) {
        INDArray block = block(rows, done, goal);
        blocks.add(block);
        if (errors == null) {
          draws.requireRandom(block);
          long numbers = block.length() / goal / rows.size(0);
          errors = new MeanErrors(rows.size(0), numbers, asked.counted(numbers), dependentDraws());
        }
        errors.add(asked.of(block));
        done = goal;
        goal = next(done, errors.greatest());
      }
      return joined(blocks, done);
    }

    private INDArray block(INDArray rows, int from, int to) {
      DrawCollector collector = new DrawCollector(to - from, rows.size(0));
      draws.draw(
          rows, from, to, (sample, first, end, y) -> collector.put(sample - from, first, end, y));
      return collector.all();
    }

    /** How many draws to have next: those that are there if they are enough. */
    private int next(int done, double error) {
      if (error <= tolerance) {
        return done;
      }
      double ratio = error / tolerance;
      double enough = Math.ceil(done * ratio * ratio);
      double soon = Math.ceil(done * 1.5);
      double wanted = Math.max(done + 1.0, Math.min(enough, soon));
      int together = dependentDraws();
      return (int) Math.min(most, Math.ceil(wanted / together) * together);
    }

    /** All draws in one array. */
    private static INDArray joined(List<INDArray> blocks, int count) {
      if (blocks.size() == 1) {
        return blocks.get(0);
      }
      long[] shape = blocks.get(0).shape().clone();
      shape[0] = count;
      INDArray all = Detached.forDraws(shape);
      FloatMemory target = FloatMemory.of(all, "all");
      float[] draw = new float[Math.toIntExact(all.length() / count)];
      long at = 0;
      for (INDArray block : blocks) {
        FloatMemory source = FloatMemory.of(block, "block");
        for (long s = 0; s < block.size(0); s++, at += draw.length) {
          source.read(s * draw.length, draw, draw.length);
          target.write(at, draw, draw.length);
        }
      }
      return all;
    }
  }
}
