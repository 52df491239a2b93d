// What the scripts of `khabar annotate serve` share: the annotation that is open, its regions, and one clock.
const khabar = (() => {
  "use strict";

  const steps = [];
  setInterval(() => steps.forEach((step) => setTimeout(step)), 300); // apart, so that none stops the others
  const annotation = () => window.Htx?.annotationStore?.selected;
  return {
    annotation,
    regions: () => [...(annotation()?.areas?.values() ?? [])].filter((region) => !region.classification),
    /** Take a step again and again: Label Studio says nothing of what it shows. */
    repeat: (step) => steps.push(step),
  };
})();
