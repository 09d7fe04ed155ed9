package io.bayes4j.spark;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Members of an ensemble, one for each task; the driver keeps each as soon as it is trained. */
final class EnsembleRun {
  private final JavaSparkContext spark;
  private final PartTraining training;
  private final String folder;
  private final Map<Integer, Layer> trained = new TreeMap<>();

  /**
   * A run.
   *
   * @param folder of the members, empty if they are not kept
   */
  EnsembleRun(JavaSparkContext spark, PartTraining training, String folder) {
    this.spark = spark;
    this.training = training;
    this.folder = folder;
  }

  /** What a task is told; no record, which Kryo refuses. */
  static final class Member implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    private final int number;
    private final long seed;

    Member(int number, long seed) {
      this.number = number;
      this.seed = seed;
    }
  }

  /** A function that Spark sends. */
  private interface Sent<A, B> extends Function2<TaskContext, A, B>, Serializable {}

  /** Trains the members that are not there yet. */
  List<Layer> run(PartData data, List<Member> members) throws IOException {
    List<Member> missing = new ArrayList<>();
    for (Member member : members) {
      if (!readIfThere(member)) {
        missing.add(member);
      }
    }
    if (!missing.isEmpty()) {
      Broadcast<PartData> sent = spark.broadcast(data);
      try {
        train(missing, sent);
      } finally {
        sent.destroy();
      }
    }
    return List.copyOf(trained.values());
  }

  private void train(List<Member> missing, Broadcast<PartData> data) {
    JavaRDD<Member> tasks = spark.parallelize(missing, missing.size());
    PartTraining own = training;
    Sent<Iterator<Member>, PartTraining.Answer> work =
        (task, member) -> own.trainAlone(data.value(), member.next().seed);
    Seq<Object> all =
        CollectionConverters.asScala(
                IntStream.range(0, missing.size()).boxed().map(i -> (Object) i).toList())
            .toSeq();
    Function2<Object, PartTraining.Answer, BoxedUnit> done =
        (task, answer) -> {
          keep(missing.get((Integer) task), answer);
          return BoxedUnit.UNIT;
        };
    spark
        .sc()
        .runJob(tasks.rdd(), work, all, done, ClassTag$.MODULE$.apply(PartTraining.Answer.class));
  }

  private void keep(Member member, PartTraining.Answer answer) {
    Layer model = training.network(member.seed);
    answer.state().writeTo(model);
    trained.put(member.number, model);
    if (folder.isEmpty()) {
      return;
    }
    try {
      java.nio.file.Path temporary = Files.createTempFile("bayes4j-", ".safetensors");
      try {
        Checkpoint.save(model, temporary);
        ModelFolder.write(file(member), Files.readAllBytes(temporary), configuration());
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean readIfThere(Member member) throws IOException {
    if (folder.isEmpty()) {
      return false;
    }
    byte[] bytes = ModelFolder.readIfThere(file(member), configuration());
    if (bytes.length > 0) {
      Layer model = training.network(member.seed);
      ModelSource.withFile(bytes, path -> Checkpoint.load(model, path));
      trained.put(member.number, model);
    }
    return bytes.length > 0;
  }

  /** The seed is part of the name: another run's members are not taken for this one's. */
  private Path file(Member member) {
    return new Path(
        folder, "member-" + member.number + "-" + Long.toHexString(member.seed) + ".safetensors");
  }

  private Configuration configuration() {
    return spark.hadoopConfiguration();
  }
}
