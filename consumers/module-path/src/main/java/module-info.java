/** A program that is a module; it reads ND4J, which is not in one, from the class path. */
module com.example.module {
  requires io.bayes4j.core;
  requires io.bayes4j.layers;
  // JavaCPP's way to memory; without it ND4J fails with a null pointer.
  requires jdk.unsupported;
}
