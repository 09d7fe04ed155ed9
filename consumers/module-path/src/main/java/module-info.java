/** A program that is a module. */
module com.example.module {
  requires io.bayes4j.core;
  requires io.bayes4j.layers;
  requires nd4j.api;
}
