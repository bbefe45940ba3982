/**
 * What every language has to say. The compiler holds each locale against these types, so that an id without a text, or a
 * text without an id, does not build.
 */

import type { MessageId, Stage } from "./protocol.generated.js";

/** A message for a user. `{name}` stands for the message's parameter of that name. */
export interface MessageText {
  /** One sentence: what happened. */
  readonly happened: string;
  /** One sentence: what to do. */
  readonly advice: string;
}

export interface Locale {
  /** The language's own name of itself. */
  readonly name: string;
  readonly messages: Readonly<Record<MessageId, MessageText>>;
  /** For an error that has no id. */
  readonly unknownError: MessageText;
  /** What goes on in each stage, as a label beside a progress bar. */
  readonly stages: Readonly<Record<Stage, string>>;
}

/** How far along each stage is, from 0 to 100. */
export type StagePercentages = Readonly<Record<Stage, number>>;

/** What a message says in one language. `detail` is the server's own sentence, in English. */
export interface Description extends MessageText {
  readonly detail?: string;
}

/** The part of an error, a warning or a failed reply that is translated. */
export interface Describable {
  readonly message_id?: MessageId | undefined;
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
}
