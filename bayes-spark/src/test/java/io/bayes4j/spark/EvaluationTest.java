package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.BrierDecomposition;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistributionEvaluator;
import io.bayes4j.core.uncertainty.OutOfDistributionScores;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.core.uncertainty.RegressionScores;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import io.bayes4j.layers.predict.MonteCarlo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class EvaluationTest extends LocalSpark {
  private static final int COUNT = 600;

  @Test
  void classificationIsThatOfOneEvaluator() throws IOException {
    INDArray inputs = Examples.inputs(COUNT);
    int[] labels = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      labels[i] = i % 4;
    }
    ClassificationScores expected =
        new ClassificationEvaluator(15)
            .add(
                MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(inputs).mean(),
                labels)
            .scores();
    Dataset<Row> frame = Examples.frame(spark, inputs).repartition(3);
    Dataset<Row> scored =
        Examples.model(folder).transform(frame).withColumn("label", functions.col("id").mod(4));
    Row nothing = scores(scored.filter("id < 0"));
    assertThat(nothing.<Long>getAs("count")).isZero();
    assertThat(nothing.<Double>getAs("nll")).isNull();
    Row found = scores(scored);
    assertThat(found.<Long>getAs("count")).isEqualTo(COUNT);
    assertThat(found.<Double>getAs("accuracy")).isEqualTo(expected.accuracy());
    assertThat(found.<Double>getAs("nll")).isEqualTo(expected.nll());
    assertThat(found.<Double>getAs("brier")).isEqualTo(expected.brier());
    assertThat(found.<Double>getAs("ece")).isEqualTo(expected.ece());
  }

  private static Row scores(Dataset<Row> scored) {
    return scores(scored, Evaluation.classification(15), "probability", "label");
  }

  private static Row scores(
      Dataset<Row> scored, UserDefinedFunction function, String first, String second) {
    return scored
        .agg(function.apply(functions.col(first), functions.col(second)).as("scores"))
        .select("scores.*")
        .first();
  }

  @Test
  void calibrationIsThatOfOneEvaluator() throws IOException {
    INDArray inputs = Examples.inputs(COUNT);
    int[] labels = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      labels[i] = i % 4;
    }
    CalibrationEvaluator expected =
        new CalibrationEvaluator(10)
            .add(
                MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(inputs).mean(),
                labels);
    Dataset<Row> scored =
        Examples.model(folder)
            .transform(Examples.frame(spark, inputs).repartition(3))
            .withColumn("label", functions.col("id").mod(4));
    UserDefinedFunction calibration = Evaluation.calibration(10);
    Row nothing = scores(scored.filter("id < 0"), calibration, "probability", "label");
    assertThat(nothing.<Long>getAs("count")).isZero();
    assertThat(nothing.<Double>getAs("ece")).isNull();
    assertThat(nothing.<Object>getAs("bins")).isNull();
    Row found = scores(scored, calibration, "probability", "label");
    assertThat(found.<Long>getAs("count")).isEqualTo(COUNT);
    assertThat(found.<Double>getAs("ece")).isEqualTo(expected.ece());
    assertThat(found.<Double>getAs("maxCalibrationError"))
        .isEqualTo(expected.maxCalibrationError());
    assertThat(found.<Double>getAs("classwiseEce")).isEqualTo(expected.classwiseEce());
    assertThat(found.<Double>getAs("uce")).isEqualTo(expected.uce());
    assertThat(found.<Double>getAs("smoothEce")).isEqualTo(expected.smoothEce());
    BrierDecomposition brier = expected.brierDecomposition();
    assertThat(found.<Double>getAs("reliability")).isEqualTo(brier.reliability());
    assertThat(found.<Double>getAs("resolution")).isEqualTo(brier.resolution());
    assertThat(found.<Double>getAs("uncertainty")).isEqualTo(brier.uncertainty());
    List<ReliabilityBin> bins = new ArrayList<>();
    for (Row bin : found.<Row>getList(found.fieldIndex("bins"))) {
      bins.add(
          new ReliabilityBin(
              bin.getAs("lower"),
              bin.getAs("upper"),
              bin.getAs("count"),
              bin.isNullAt(3) ? Double.NaN : bin.getDouble(3),
              bin.isNullAt(4) ? Double.NaN : bin.getDouble(4)));
    }
    assertThat(bins).isEqualTo(expected.reliability());
  }

  @Test
  void outOfDistributionIsThatOfOneEvaluator() {
    double[] in = new double[COUNT];
    double[] out = new double[COUNT / 2];
    List<Row> rows = new ArrayList<>();
    rows.add(RowFactory.create(null, true));
    rows.add(RowFactory.create(1.0, null));
    // Whole numbers, so that many are equal.
    for (int i = 0; i < COUNT; i++) {
      in[i] = i * 7 % 20;
      rows.add(RowFactory.create(in[i], false));
    }
    for (int i = 0; i < COUNT / 2; i++) {
      out[i] = 5 + i * 11 % 30;
      rows.add(RowFactory.create(out[i], true));
    }
    OutOfDistributionScores expected =
        new OutOfDistributionEvaluator().addIn(in).addOut(out).scores();
    StructType schema = new StructType().add("score", "double").add("out", "boolean");
    Dataset<Row> frame = spark.createDataFrame(rows, schema).repartition(3);
    UserDefinedFunction function = Evaluation.outOfDistribution();
    Row found = scores(frame, function, "score", "out");
    assertThat(found.<Long>getAs("inCount")).isEqualTo(COUNT);
    assertThat(found.<Long>getAs("outCount")).isEqualTo(COUNT / 2);
    assertThat(found.<Double>getAs("auroc")).isEqualTo(expected.auroc()).isBetween(0.6, 0.99);
    assertThat(found.<Double>getAs("auprIn")).isEqualTo(expected.auprIn());
    assertThat(found.<Double>getAs("auprOut")).isEqualTo(expected.auprOut());
    assertThat(found.<Double>getAs("fprAt95Tpr")).isEqualTo(expected.fprAt95Tpr());
    assertThat(found.<Double>getAs("detectionAccuracy")).isEqualTo(expected.detectionAccuracy());
    Row oneKind = scores(frame.filter("not out"), function, "score", "out");
    assertThat(oneKind.<Long>getAs("inCount")).isEqualTo(COUNT);
    assertThat(oneKind.<Long>getAs("outCount")).isZero();
    assertThat(oneKind.<Double>getAs("auroc")).isNull();
  }

  @Test
  void regressionIsThatOfOneEvaluatorAndNullsAreLeftOut() {
    INDArray means = Noise.seeded(1).normals(COUNT, 2);
    INDArray targets = Noise.seeded(2).normals(COUNT, 2);
    float[] mean = FloatMemory.numbers(means, "means");
    float[] target = FloatMemory.numbers(targets, "targets");
    List<Row> rows = new ArrayList<>();
    rows.add(RowFactory.create(null, null, null));
    for (int i = 0; i < COUNT; i++) {
      rows.add(RowFactory.create(pair(mean, i), Vectors.dense(0.5, 2), pair(target, i)));
    }
    StructType schema =
        new StructType()
            .add("mean", SQLDataTypes.VectorType())
            .add("variance", SQLDataTypes.VectorType())
            .add("target", SQLDataTypes.VectorType());
    Row found =
        spark
            .createDataFrame(rows, schema)
            .repartition(3)
            .agg(
                Evaluation.regression(0.9)
                    .apply(
                        functions.col("mean"), functions.col("variance"), functions.col("target"))
                    .as("scores"))
            .select("scores.*")
            .first();
    INDArray variances = Noise.seeded(1).normals(1, COUNT, 2);
    for (int i = 0; i < COUNT; i++) {
      variances.putScalar(0, i, 0, 0.5);
      variances.putScalar(0, i, 1, 2);
    }
    RegressionScores expected =
        new RegressionEvaluator(0.9, 19)
            .add(means.reshape(1, COUNT, 2), variances, targets)
            .scores();
    assertThat(found.<Long>getAs("count")).isEqualTo(expected.count());
    assertThat(found.<Double>getAs("crps")).isEqualTo(expected.crps());
    assertThat(found.<Double>getAs("rmse")).isEqualTo(expected.rmse());
    assertThat(found.<Double>getAs("coverage")).isEqualTo(expected.intervals().coverage());
    assertThat(found.<Double>getAs("intervalScore")).isEqualTo(expected.intervals().score());
  }

  private static Vector pair(float[] numbers, int i) {
    return Vectors.dense(numbers[2 * i], numbers[2 * i + 1]);
  }

  @Test
  void mistakesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Evaluation.classification(0))
        .withMessage("bins must be > 0, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Evaluation.calibration(-1))
        .withMessage("bins must be > 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Evaluation.regression(1))
        .withMessage("level must be in (0, 1), got 1.0");
  }
}
