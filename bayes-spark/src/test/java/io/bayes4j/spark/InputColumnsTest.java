package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Columns in: vectors, arrays and images. */
class InputColumnsTest extends LocalSpark {
  private static final INDArray INPUTS = Examples.inputs(60);

  private static final StructType IMAGE =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("height", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("nChannels", DataTypes.IntegerType)
          .add("mode", DataTypes.IntegerType)
          .add("data", DataTypes.BinaryType);

  @Test
  void arraysOfNumbersAreExamplesToo() throws IOException {
    Dataset<Row> vectors = Examples.frame(spark, INPUTS);
    BayesianModel model = Examples.model(folder);
    List<Row> expected = Examples.byId(model.transform(vectors));
    for (String type : List.of("array<double>", "array<float>")) {
      Dataset<Row> arrays =
          vectors.withColumn(
              "features",
              org.apache
                  .spark
                  .ml
                  .functions
                  .vector_to_array(functions.col("features"), "float64")
                  .cast(type));
      List<Row> rows = Examples.byId(model.transform(arrays));
      assertThat(Examples.vectors(rows, "probability"))
          .isEqualTo(Examples.vectors(expected, "probability"));
    }
  }

  @Test
  void arraysWithAGapAreBadRows() throws IOException {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType));
    Dataset<Row> arrays =
        spark.createDataFrame(
            List.of(
                RowFactory.create(0, new Float[] {1f, 2f, 3f, null, 5f, 6f}),
                RowFactory.create(1, new Float[] {1f, 2f, Float.NaN, 4f, 5f, 6f}),
                RowFactory.create(2, new Float[] {1f}),
                RowFactory.create(3, null)),
            schema);
    BayesianModel model =
        Examples.model(folder).setHandleInvalid(BadRows.KEEP).setProblemCol("problem");
    assertThat(
            Examples.byId(model.transform(arrays)).stream()
                .map(row -> row.<String>getAs("problem")))
        .containsExactly(
            "column features number 3 is null",
            "column features number 2 must be finite as a float, got NaN",
            "column features must have 6 numbers for shape [6], got 1",
            "column features is null");
    assertThat(model.badRows()).isEqualTo(4);
  }

  @Test
  void sparseVectorsAreExamplesToo() throws IOException {
    Row dense = RowFactory.create(0, Vectors.dense(0, 2, 0, 0, 0, -1));
    Row sparse =
        RowFactory.create(
            1, Vectors.sparse(SmallNetwork.INPUTS, new int[] {1, 5}, new double[] {2, -1}));
    Dataset<Row> frame = spark.createDataFrame(List.of(dense, sparse), Examples.SCHEMA);
    List<Row> rows = Examples.byId(Examples.model(folder).transform(frame));
    assertThat(rows.get(1).<Object>getAs("probability"))
        .isEqualTo(rows.get(0).getAs("probability"));
  }

  @Test
  void imagesAreReadAsRgb() throws IOException {
    byte[] bgr = {1, 2, 3, 4, 5, (byte) 200};
    Row picture = RowFactory.create("x", 1, 2, 3, 16, bgr);
    Dataset<Row> frame = images(RowFactory.create(0, picture));
    float[] rgb = {3 / 255f, 200 / 255f, 2 / 255f, 5 / 255f, 1 / 255f, 4 / 255f};
    Prediction expected =
        MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(Detached.of(rgb, 1, 3, 1, 2));
    List<Row> rows = Examples.byId(Examples.model(folder).setInputShape(3, 1, 2).transform(frame));
    assertThat(Examples.vectors(rows, "probability"))
        .isEqualTo(FloatMemory.numbers(expected.mean(), "mean"));
    Dataset<Row> other = Examples.model(folder).setInputShape(1, 2, 3).transform(frame);
    assertThatThrownBy(other::collectAsList)
        .hasMessageContaining("must be an image of shape [1, 2, 3], got [3, 1, 2] with 6 bytes");
  }

  private static Dataset<Row> images(Row... rows) {
    StructType schema = new StructType().add("id", DataTypes.IntegerType).add("features", IMAGE);
    return spark.createDataFrame(List.of(rows), schema);
  }

  /** Spark's image source, told to keep them, makes an image of sizes -1 of a file that is none. */
  @Test
  void imagesWithoutAPictureAreBadRows() throws IOException {
    Dataset<Row> frame =
        images(
            RowFactory.create(0, RowFactory.create("x", 1, 2, 3, 16, new byte[6])),
            RowFactory.create(1, RowFactory.create("x", -1, -1, -1, -1, new byte[0])),
            RowFactory.create(2, RowFactory.create("x", null, 2, 3, 16, new byte[6])),
            RowFactory.create(3, RowFactory.create("x", 1, 2, 3, null, new byte[6])),
            RowFactory.create(4, RowFactory.create("x", 1, 2, 3, 16, null)),
            RowFactory.create(5, RowFactory.create("x", 1, 2, 3, 16, new byte[5])),
            RowFactory.create(6, RowFactory.create("x", 1, 2, 3, 21, new byte[24])),
            RowFactory.create(7, null));
    BayesianModel model =
        Examples.model(folder)
            .setInputShape(3, 1, 2)
            .setHandleInvalid(BadRows.KEEP)
            .setProblemCol("problem");
    assertThat(
            Examples.byId(model.transform(frame)).stream().map(row -> row.<String>getAs("problem")))
        .containsExactly(
            null,
            "column features must be an image of 8 bits, got OpenCV's mode -1",
            "column features must be an image, its height is null",
            "column features must be an image, its mode is null",
            "column features must be an image, its data is null",
            "column features must be an image of shape [3, 1, 2], got [3, 1, 2] with 5 bytes",
            "column features must be an image of 8 bits, got OpenCV's mode 21",
            "column features is null");
    assertThat(model.badRows()).isEqualTo(7);
  }

  @Test
  void otherColumnsAndShapesAreRefused() throws IOException {
    Dataset<Row> frame = Examples.frame(spark, INPUTS);
    Dataset<Row> longs =
        images(RowFactory.create(0, null))
            .withColumn("features", functions.expr("named_struct('height', 1L, 'data', 'x')"));
    assertThatThrownBy(() -> Examples.model(folder).transform(longs))
        .hasMessageContaining("column features must be an ML vector, an array of numbers or an im");
    for (int[] shape : List.of(new int[0], new int[] {6, 0}, new int[] {-6})) {
      assertThatThrownBy(() -> Examples.model(folder).setInputShape(shape).transform(frame))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("inputShape must have sizes above zero, got [");
    }
  }
}
