package io.bayes4j.spark;

import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import java.io.Serial;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link ClassificationEvaluator} over the rows of a frame. */
final class ClassificationAggregator extends LabelledAggregator {
  @Serial private static final long serialVersionUID = 1;

  private static final StructType OUTPUT =
      new StructType()
          .add("count", DataTypes.LongType)
          .add("accuracy", DataTypes.DoubleType)
          .add("nll", DataTypes.DoubleType)
          .add("brier", DataTypes.DoubleType)
          .add("ece", DataTypes.DoubleType);

  ClassificationAggregator(int bins) {
    super(bins);
  }

  private static final class Seen extends Buffer {
    private final ClassificationEvaluator evaluator;

    Seen(int bins) {
      evaluator = new ClassificationEvaluator(bins);
    }

    @Override
    void take(INDArray probabilities, int[] classes) {
      evaluator.add(probabilities, classes);
    }

    @Override
    void takeFrom(Buffer other) {
      evaluator.merge(((Seen) other).evaluator);
    }

    @Override
    Row scores() {
      ClassificationScores scores = evaluator.scores();
      return RowFactory.create(
          scores.count(), scores.accuracy(), scores.nll(), scores.brier(), scores.ece());
    }
  }

  @Override
  public Object zero() {
    return new Seen(bins);
  }

  @Override
  StructType output() {
    return OUTPUT;
  }
}
