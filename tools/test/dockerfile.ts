/** One instruction, with all of its lines in one. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What stands between one FROM and the next. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** The arguments before the first stage, with their defaults. */
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

/** Reads a Dockerfile without heredocs. */
export function readDockerfile(source: string): Dockerfile {
  const args: Record<string, string> = {};
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const { name, text } of instructionsOf(source)) {
    const stage = stages.at(-1);
    if (name === 'FROM') {
      const [image = '', , as] = text.split(' ');
      stages.push({ image, name: as, instructions: [] });
    } else if (stage !== undefined) {
      stage.instructions.push({ name, text });
    } else {
      const [variable = '', value = ''] = text.split('=');
      args[variable] = value;
    }
  }
  return { args, stages };
}

function instructionsOf(source: string): readonly Instruction[] {
  return source
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/ *\\\n */g, ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...words] = line.split(' ');
      return { name, text: words.join(' ') };
    });
}

/** The texts of all instructions of that name. */
export function textsOf(stage: Stage | undefined, name: string): readonly string[] {
  return (stage?.instructions ?? []).filter((one) => one.name === name).map(({ text }) => text);
}

/** What is copied from the folder of the build, and not from another stage. */
export function copiedFromContext({ stages }: Dockerfile): readonly string[] {
  return stages
    .flatMap((stage) => textsOf(stage, 'COPY'))
    .filter((text) => !text.startsWith('--from='))
    .flatMap((text) => text.split(' ').slice(0, -1));
}
