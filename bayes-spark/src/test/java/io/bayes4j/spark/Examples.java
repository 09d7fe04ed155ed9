package io.bayes4j.spark;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Data of tests and the network's checkpoint. */
final class Examples {
  private Examples() {}

  static final StructType SCHEMA =
      new StructType().add("id", DataTypes.IntegerType).add("features", SQLDataTypes.VectorType());

  static INDArray inputs(int count) {
    return Noise.seeded(7).normals(count, SmallNetwork.INPUTS);
  }

  static Dataset<Row> frame(SparkSession spark, INDArray inputs) {
    float[] numbers = FloatMemory.numbers(inputs, "inputs");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < inputs.size(0); i++) {
      double[] own = new double[SmallNetwork.INPUTS];
      for (int k = 0; k < own.length; k++) {
        own[k] = numbers[i * own.length + k];
      }
      rows.add(RowFactory.create(i, Vectors.dense(own)));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }

  /** Rows 0 and 5 are good; of the others each has a fault of its own. */
  static Dataset<Row> withBadRows(SparkSession spark) {
    double[] good = new double[SmallNetwork.INPUTS];
    double[] nan = good.clone();
    nan[2] = Double.NaN;
    double[] beyondFloats = good.clone();
    beyondFloats[5] = 1e300;
    return spark.createDataFrame(
        List.of(
            RowFactory.create(0, Vectors.dense(good)),
            RowFactory.create(1, null),
            RowFactory.create(2, Vectors.dense(nan)),
            RowFactory.create(3, Vectors.dense(1, 2)),
            RowFactory.create(4, Vectors.dense(beyondFloats)),
            RowFactory.create(5, Vectors.dense(good))),
        SCHEMA);
  }

  static List<Row> byId(Dataset<Row> rows) {
    return rows.collectAsList().stream()
        .sorted(Comparator.comparingInt(row -> row.<Integer>getAs("id")))
        .toList();
  }

  /** The numbers of a column of vectors, row after row. */
  static float[] vectors(List<Row> rows, String column) {
    List<Double> all =
        rows.stream()
            .flatMap(row -> Arrays.stream(row.<Vector>getAs(column).toArray()).boxed())
            .toList();
    float[] numbers = new float[all.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = all.get(i).floatValue();
    }
    return numbers;
  }

  static Layer network() {
    return new SmallNetwork().create();
  }

  static String checkpoint(Path folder) throws IOException {
    Path file = folder.resolve("small.safetensors");
    Checkpoint.save(network(), file);
    return file.toString();
  }

  /** A model that looks at rows of this test's shape. */
  static BayesianModel model(Path folder) throws IOException {
    return BayesianModel.of(SmallNetwork.class, checkpoint(folder))
        .setInputShape(SmallNetwork.INPUTS)
        .setDraws(8)
        .setSeed(3)
        .setBatchSize(20);
  }
}
