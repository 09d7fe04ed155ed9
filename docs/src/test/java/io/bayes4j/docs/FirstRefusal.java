package io.bayes4j.docs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.factory.Nd4j;

public class FirstRefusal {
  public static void main(String[] args) throws Exception {
    var points = Noise.seeded(1).normals(300, 2);
    var sides = IntStream.range(0, 300).map(i -> points.getFloat(i, 0) > 0 ? 1 : 0).toArray();
    var spec = VariationalSpec.defaults();
    var bayesian = LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(1));
    var model = Zoo.mlp(bayesian, 2, 32, 2);
    var trainer = Trainer.of(model, Losses.crossEntropy(), Dataset.of(points, sides, 2));
    trainer.epochs(20).batchSize(32).learningRate(0.02).build().fit();

    var questions = Nd4j.createFromArray(new float[][] {{-2, 0}, {2, 0}, {0, 1}});
    var prediction = MonteCarlo.of(model).classify(questions);
    System.out.println("entropy " + prediction.predictiveEntropy());
    int[] answers = prediction.decide(RefusalRule.medianAbove(0.9));
    System.out.println("answers " + Arrays.toString(answers) + ", where -1 is \"I don't know\"");
  }
}
