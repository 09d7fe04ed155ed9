import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.spark.BayesianModel;
import io.bayes4j.spark.SeededNetworkFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Scores rows by a network that spark-submit has fetched what it needs for. */
public final class Scored {
  private Scored() {}

  /** The network. */
  public static final class Network implements SeededNetworkFactory {
    @Override
    public Layer create(long seed) {
      VariationalSpec spec = VariationalSpec.defaults();
      return Zoo.mlp(
          LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(seed)), 4, 8, 3);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("scored");
    Path file = folder.resolve("network.safetensors");
    Layer network = new Network().create(1);
    Checkpoint.save(network, file);
    INDArray inputs = Noise.seeded(2).normals(6, 4);
    INDArray expected = MonteCarlo.of(network).samples(10).classify(inputs).mean();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rows.add(RowFactory.create(i, Vectors.dense(inputs.getRow(i).toDoubleVector())));
    }
    StructType schema =
        new StructType().add("id", "int").add("features", SQLDataTypes.VectorType());
    SparkSession spark = SparkSession.builder().getOrCreate();
    List<Row> scored =
        BayesianModel.of(Network.class, file.toString())
            .setInputShape(4)
            .setDraws(10)
            .transform(spark.createDataFrame(rows, schema).repartition(2))
            .orderBy("id")
            .select("probability")
            .collectAsList();
    for (int i = 0; i < 6; i++) {
      if (!scored.get(i).get(0).equals(Vectors.dense(expected.getRow(i).toDoubleVector()))) {
        throw new AssertionError("row " + i + ": " + scored.get(i) + ", not " + expected.getRow(i));
      }
    }
    spark.stop();
    Files.delete(file);
    Files.delete(folder);
    System.out.println("spark-submit: scored");
  }
}
