package io.bayes4j.spark;

import io.bayes4j.core.uncertainty.BrierDecomposition;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import java.io.Serial;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link CalibrationEvaluator} over the rows of a frame. */
final class CalibrationAggregator extends LabelledAggregator {
  @Serial private static final long serialVersionUID = 1;

  private static final StructType BIN =
      new StructType()
          .add("lower", DataTypes.DoubleType)
          .add("upper", DataTypes.DoubleType)
          .add("count", DataTypes.LongType)
          .add("confidence", DataTypes.DoubleType)
          .add("accuracy", DataTypes.DoubleType);

  private static final StructType OUTPUT =
      new StructType()
          .add("count", DataTypes.LongType)
          .add("ece", DataTypes.DoubleType)
          .add("maxCalibrationError", DataTypes.DoubleType)
          .add("classwiseEce", DataTypes.DoubleType)
          .add("uce", DataTypes.DoubleType)
          .add("smoothEce", DataTypes.DoubleType)
          .add("reliability", DataTypes.DoubleType)
          .add("resolution", DataTypes.DoubleType)
          .add("uncertainty", DataTypes.DoubleType)
          .add("bins", DataTypes.createArrayType(BIN, false));

  CalibrationAggregator(int bins) {
    super(bins);
  }

  private static final class Seen extends Buffer {
    private final CalibrationEvaluator evaluator;

    Seen(int bins) {
      evaluator = new CalibrationEvaluator(bins);
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
      BrierDecomposition brier = evaluator.brierDecomposition();
      return RowFactory.create(
          evaluator.count(),
          evaluator.ece(),
          evaluator.maxCalibrationError(),
          evaluator.classwiseEce(),
          evaluator.uce(),
          evaluator.smoothEce(),
          brier.reliability(),
          brier.resolution(),
          brier.uncertainty(),
          evaluator.reliability().stream().map(Seen::row).toArray(Row[]::new));
    }

    private static Row row(ReliabilityBin bin) {
      boolean empty = bin.count() == 0;
      return RowFactory.create(
          bin.lower(),
          bin.upper(),
          bin.count(),
          empty ? null : bin.confidence(),
          empty ? null : bin.accuracy());
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
