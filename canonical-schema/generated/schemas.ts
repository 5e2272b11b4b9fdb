// Generated from canonical-schema/schemas by canonical-schema/generate.mjs: change those and run it again.

/** A JSON Schema 2020-12 document or a part of one. */
export type SchemaDocument = Readonly<Record<string, unknown>>;

/** Names of the schema documents: `lead` is the record, `leadChange` an event's data, `leadEvent` the whole event. */
export type SchemaName =
  | 'action'
  | 'actionResult'
  | 'change'
  | 'envelope'
  | 'event'
  | 'prediction'
  | 'lead'
  | 'contact'
  | 'account'
  | 'opportunity'
  | 'case'
  | 'task'
  | 'interaction'
  | 'transaction'
  | 'order'
  | 'asset'
  | 'record'
  | 'rhythm'
  | 'leadChange'
  | 'leadEvent'
  | 'contactChange'
  | 'contactEvent'
  | 'accountChange'
  | 'accountEvent'
  | 'opportunityChange'
  | 'opportunityEvent'
  | 'caseChange'
  | 'caseEvent'
  | 'taskChange'
  | 'taskEvent'
  | 'interactionChange'
  | 'interactionEvent'
  | 'transactionChange'
  | 'transactionEvent'
  | 'orderChange'
  | 'orderEvent'
  | 'assetChange'
  | 'assetEvent'
  | 'recordChange'
  | 'recordEvent'
  | 'rhythmChange'
  | 'rhythmEvent'
  | 'predictionEvent';

export const schemas: Readonly<Record<SchemaName, SchemaDocument>> = {
  "action": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/action.v1.json",
    "title": "Action",
    "description": "What Signalbox does in a CRM. Applying it twice has one effect, because `id` is derived from the decision.",
    "type": "object",
    "required": [
      "kind"
    ],
    "discriminator": {
      "propertyName": "kind"
    },
    "oneOf": [
      {
        "title": "Create task",
        "description": "Creates one task. `id` is stored in the CRM as the task's key, so that a second try finds the first.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "create-task",
            "description": "What is to be done."
          },
          "task": {
            "title": "Task",
            "type": "object",
            "properties": {
              "subject": {
                "title": "Subject",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "One line, at most 255 characters."
              },
              "description": {
                "title": "Description",
                "type": "string",
                "description": "Plain text, lines separated by `\\n`."
              },
              "due": {
                "title": "Due",
                "type": "string",
                "format": "date-time",
                "description": "When it is to be done. RFC 3339 UTC.",
                "examples": [
                  "2025-03-01T09:30:00.000Z"
                ]
              },
              "priority": {
                "title": "Priority",
                "type": "string",
                "enum": [
                  "high",
                  "normal",
                  "low"
                ],
                "description": "How urgent it is to a person; each sink maps it to the CRM's own words."
              },
              "assignTo": {
                "title": "Assign to",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the user or queue to do it. Absent: the CRM's default owner."
              }
            },
            "required": [
              "subject",
              "description",
              "priority"
            ],
            "additionalProperties": false,
            "description": "What the task says. Texts are final, templates are rendered."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "task"
        ],
        "additionalProperties": false
      },
      {
        "title": "Update task",
        "description": "Changes an open task that Signalbox created.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "update-task",
            "description": "What is to be done."
          },
          "taskId": {
            "title": "Task id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of a task that Signalbox created."
          },
          "task": {
            "title": "Task",
            "type": "object",
            "properties": {
              "subject": {
                "title": "Subject",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "One line, at most 255 characters."
              },
              "description": {
                "title": "Description",
                "type": "string",
                "description": "Plain text, lines separated by `\\n`."
              },
              "due": {
                "title": "Due",
                "type": "string",
                "format": "date-time",
                "description": "When it is to be done. RFC 3339 UTC.",
                "examples": [
                  "2025-03-01T09:30:00.000Z"
                ]
              },
              "priority": {
                "title": "Priority",
                "type": "string",
                "enum": [
                  "high",
                  "normal",
                  "low"
                ],
                "description": "How urgent it is to a person; each sink maps it to the CRM's own words."
              },
              "assignTo": {
                "title": "Assign to",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the user or queue to do it. Absent: the CRM's default owner."
              }
            },
            "additionalProperties": false,
            "description": "What the task shall say from now on; what is absent stays. What the task says. Texts are final, templates are rendered.",
            "minProperties": 1
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "taskId",
          "task"
        ],
        "additionalProperties": false
      },
      {
        "title": "Close task",
        "description": "Closes a task that is moot, saying why.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "close-task",
            "description": "What is to be done."
          },
          "taskId": {
            "title": "Task id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of a task that Signalbox created."
          },
          "description": {
            "title": "Description",
            "type": "string",
            "description": "Why it is moot. Plain text, lines separated by `\\n`."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "taskId",
          "description"
        ],
        "additionalProperties": false
      },
      {
        "title": "Set fields",
        "description": "Sets fields of the record under their native names.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "set-fields",
            "description": "What is to be done."
          },
          "fields": {
            "title": "Fields",
            "type": "object",
            "minProperties": 1,
            "description": "Values by native field name, in the units of the CRM; null empties the field.",
            "additionalProperties": {
              "type": [
                "string",
                "number",
                "boolean",
                "null"
              ]
            }
          },
          "expectedVersion": {
            "title": "Expected version",
            "type": "string",
            "minLength": 1,
            "description": "The record's version last seen (Salesforce SystemModstamp, RFC 3339). The sink answers `conflict` if the record has moved on."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "fields"
        ],
        "additionalProperties": false
      },
      {
        "title": "Add note",
        "description": "Leaves one note at the record. The CRM keeps `id` with it, or an id made of it, so that a second try finds the first.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "add-note",
            "description": "What is to be done."
          },
          "note": {
            "title": "Note",
            "type": "object",
            "properties": {
              "title": {
                "title": "Title",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "One line, at most 255 characters."
              },
              "text": {
                "title": "Text",
                "type": "string",
                "minLength": 1,
                "description": "Plain text, lines separated by `\\n`."
              }
            },
            "required": [
              "title",
              "text"
            ],
            "additionalProperties": false,
            "description": "What the note says. Texts are final, templates are rendered."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "note"
        ],
        "additionalProperties": false
      },
      {
        "title": "Add to queue",
        "description": "Puts the record into a queue, out of the one that it is in.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "add-to-queue",
            "description": "What is to be done."
          },
          "queue": {
            "title": "Queue",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the queue, or of the user or team whose own queue is meant."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "queue"
        ],
        "additionalProperties": false
      },
      {
        "title": "Create case",
        "description": "Opens one case (a ticket) about the record. `id` is stored in the CRM as the case's key, so that a second try finds the first.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "create-case",
            "description": "What is to be done."
          },
          "case": {
            "title": "Case",
            "type": "object",
            "properties": {
              "subject": {
                "title": "Subject",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "One line, at most 255 characters."
              },
              "description": {
                "title": "Description",
                "type": "string",
                "description": "Plain text, lines separated by `\\n`."
              },
              "priority": {
                "title": "Priority",
                "type": "string",
                "enum": [
                  "high",
                  "normal",
                  "low"
                ],
                "description": "How urgent it is to a person; each sink maps it to the CRM's own words."
              },
              "type": {
                "title": "Type",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's own type of case. Absent: its default."
              },
              "team": {
                "title": "Team",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the team that is to work on it."
              },
              "assignTo": {
                "title": "Assigned to",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the person who is to work on it. Absent: whom the CRM's own routing finds."
              }
            },
            "required": [
              "subject",
              "description",
              "priority"
            ],
            "additionalProperties": false,
            "description": "What the case says. Texts are final, templates are rendered."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "case"
        ],
        "additionalProperties": false
      },
      {
        "title": "Update case",
        "description": "Changes a case that Signalbox opened.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "Derived from the decision: the same action has the same id however often it is tried. At most 255 characters."
          },
          "tenantid": {
            "title": "Tenant id",
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The tenant's name: letters, digits, `-` and `_`."
          },
          "connection": {
            "title": "Connection",
            "type": "string",
            "minLength": 1,
            "description": "Name of the tenant's connection to the CRM."
          },
          "about": {
            "title": "About",
            "description": "The record that the action is about.",
            "type": "object",
            "properties": {
              "entity": {
                "title": "Entity",
                "type": "string",
                "minLength": 1,
                "description": "Canonical entity of the record, e.g. `lead`."
              },
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the record."
              }
            },
            "required": [
              "entity",
              "id"
            ],
            "additionalProperties": false
          },
          "decisionid": {
            "title": "Decision id",
            "type": "string",
            "minLength": 1,
            "description": "The decision that called for the action."
          },
          "kind": {
            "title": "Kind",
            "type": "string",
            "const": "update-case",
            "description": "What is to be done."
          },
          "caseId": {
            "title": "Case id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of a case that Signalbox opened."
          },
          "case": {
            "title": "Case",
            "type": "object",
            "properties": {
              "subject": {
                "title": "Subject",
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "One line, at most 255 characters."
              },
              "description": {
                "title": "Description",
                "type": "string",
                "description": "Plain text, lines separated by `\\n`."
              },
              "priority": {
                "title": "Priority",
                "type": "string",
                "enum": [
                  "high",
                  "normal",
                  "low"
                ],
                "description": "How urgent it is to a person; each sink maps it to the CRM's own words."
              }
            },
            "required": [
              "subject",
              "description",
              "priority"
            ],
            "additionalProperties": false,
            "description": "What the case shall say from now on: type, team and person stay. Texts are final, templates are rendered."
          }
        },
        "required": [
          "id",
          "tenantid",
          "connection",
          "about",
          "decisionid",
          "kind",
          "caseId",
          "case"
        ],
        "additionalProperties": false
      }
    ]
  },
  "actionResult": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/action-result.v1.json",
    "title": "Action result",
    "description": "What the CRM answered to one action.",
    "type": "object",
    "required": [
      "outcome"
    ],
    "discriminator": {
      "propertyName": "outcome"
    },
    "oneOf": [
      {
        "title": "Applied",
        "description": "The effect is there.",
        "type": "object",
        "properties": {
          "actionId": {
            "title": "Action id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "The action that it answers."
          },
          "outcome": {
            "title": "Outcome",
            "type": "string",
            "enum": [
              "applied",
              "already-applied"
            ],
            "description": "`already-applied`: an earlier try had done it; nothing was changed."
          },
          "nativeId": {
            "title": "Native id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the record or task that was written."
          },
          "nativeVersion": {
            "title": "Native version",
            "type": "string",
            "minLength": 1,
            "description": "Its version after the write, as the CRM says it."
          },
          "answer": {
            "title": "Answer",
            "description": "The CRM's own answer, kept for the record: any JSON."
          }
        },
        "required": [
          "actionId",
          "outcome",
          "nativeId",
          "answer"
        ],
        "additionalProperties": false
      },
      {
        "title": "Failed",
        "description": "The effect is not there, or not known to be.",
        "type": "object",
        "properties": {
          "actionId": {
            "title": "Action id",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "description": "The action that it answers."
          },
          "outcome": {
            "title": "Outcome",
            "type": "string",
            "const": "failed",
            "description": "The action was not applied."
          },
          "failure": {
            "title": "Failure",
            "type": "string",
            "enum": [
              "retryable",
              "conflict",
              "gone",
              "permanent",
              "auth"
            ],
            "description": "What to do about it. `retryable`, `auth`: try again; `conflict`: a newer change by a person goes first; `gone`: the task or record no longer exists; `permanent`: a person must change something."
          },
          "code": {
            "title": "Code",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's error code, e.g. `UNABLE_TO_LOCK_ROW`."
          },
          "message": {
            "title": "Message",
            "type": "string",
            "description": "The CRM's message, with what mends it."
          },
          "retryAfterMs": {
            "title": "Retry after ms",
            "type": "number",
            "minimum": 0,
            "description": "The server's own delay. Milliseconds."
          },
          "answer": {
            "title": "Answer",
            "description": "The CRM's own answer, kept for the record: any JSON."
          }
        },
        "required": [
          "actionId",
          "outcome",
          "failure",
          "code",
          "message",
          "answer"
        ],
        "additionalProperties": false
      }
    ]
  },
  "change": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/change.v1.json",
    "title": "Record change",
    "description": "The data of every event about a record of a CRM: what changed, the record as far as it is known, and what the mapping did not use.",
    "type": "object",
    "properties": {
      "entity": {
        "title": "Entity",
        "type": "string",
        "enum": [
          "lead",
          "contact",
          "account",
          "opportunity",
          "case",
          "task",
          "interaction",
          "transaction",
          "order",
          "asset",
          "record",
          "rhythm"
        ],
        "description": "Canonical entity of the record."
      },
      "change": {
        "title": "Change",
        "description": "The change that the CRM told. Field names are canonical where mapped, native otherwise; `attributes.x` is a field within `attributes`.",
        "type": "object",
        "properties": {
          "kind": {
            "title": "Kind",
            "type": "string",
            "enum": [
              "created",
              "updated",
              "deleted",
              "undeleted",
              "observed",
              "published",
              "overflowed"
            ],
            "description": "What happened. `observed`: the record was read, the change that led there is not known; `published`: a business event that is not a change of a stored record; `overflowed`: the CRM gave up telling single changes, so read all of it again."
          },
          "fields": {
            "title": "Fields",
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "description": "Fields that changed; empty for created, deleted and observed."
          },
          "gap": {
            "title": "Gap",
            "type": "boolean",
            "description": "The CRM said that something changed but not what."
          },
          "by": {
            "title": "By",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the user who changed it."
          },
          "transaction": {
            "title": "Transaction",
            "description": "The native transaction, and the place within it.",
            "type": "object",
            "properties": {
              "id": {
                "title": "Id",
                "type": "string",
                "minLength": 1,
                "description": "The CRM's id of the transaction."
              },
              "sequence": {
                "title": "Sequence",
                "type": "integer",
                "minimum": 0,
                "description": "Place within the transaction, in the order of the CRM. Ordinal number."
              }
            },
            "required": [
              "id",
              "sequence"
            ],
            "additionalProperties": false
          },
          "before": {
            "title": "Before",
            "type": "object",
            "description": "Values before the change, by field; null where the field was empty.",
            "additionalProperties": true
          },
          "after": {
            "title": "After",
            "type": "object",
            "description": "Values after the change, by field; null where the field was emptied.",
            "additionalProperties": true
          }
        },
        "required": [
          "kind",
          "fields"
        ],
        "additionalProperties": false
      },
      "record": {
        "title": "Record",
        "description": "The record, as far as the event or a read told it: the schema of its entity.",
        "type": "object",
        "properties": {
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
          },
          "nativeType": {
            "title": "Native type",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
          },
          "attributes": {
            "title": "Attributes",
            "type": "object",
            "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
            "additionalProperties": true
          }
        },
        "required": [
          "id",
          "nativeType"
        ],
        "additionalProperties": true
      },
      "native": {
        "title": "Native",
        "type": "object",
        "description": "Native fields that the mapping did not use, under their native names.",
        "additionalProperties": true
      },
      "provenance": {
        "title": "Provenance",
        "description": "How the record came to be known.",
        "type": "object",
        "properties": {
          "record": {
            "title": "Record",
            "type": "string",
            "enum": [
              "event",
              "hydrated",
              "partial",
              "missing"
            ],
            "description": "`event`: told whole by the native event; `hydrated`: read from the CRM afterwards; `partial`: changed fields only; `missing`: not known."
          },
          "hydratedFields": {
            "title": "Hydrated fields",
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "description": "Canonical fields that were read from the CRM rather than told by the event."
          },
          "diffFields": {
            "title": "Diff fields",
            "type": "array",
            "items": {
              "type": "string",
              "minLength": 1
            },
            "description": "Fields of which the native event gives a unified diff, so that the new value is not known."
          }
        },
        "required": [
          "record"
        ],
        "additionalProperties": false
      }
    },
    "required": [
      "entity",
      "change",
      "record",
      "native",
      "provenance"
    ],
    "additionalProperties": false
  },
  "envelope": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/envelope.v1.json",
    "title": "CloudEvents envelope",
    "description": "A CloudEvents 1.0 event in the JSON format, with the extension attributes that Signalbox knows. Any CloudEvents producer can meet it; what Signalbox itself emits is narrower, see event.schema.json. An attribute that is null is absent.",
    "type": "object",
    "required": [
      "specversion",
      "id",
      "source",
      "type"
    ],
    "properties": {
      "specversion": {
        "title": "Specversion",
        "type": "string",
        "const": "1.0",
        "description": "Version of the CloudEvents specification."
      },
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "Identity of the event; unique together with `source`. Signalbox derives it from the native identity, so that a redelivered event is the same event."
      },
      "source": {
        "title": "Source",
        "type": "string",
        "minLength": 1,
        "description": "Where it happened. URI reference; `/tenants/<tenant>/<crm>/<org>` for events of Signalbox.",
        "format": "uri-reference"
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "What happened, e.g. `io.signalbox.lead.created.v1`."
      },
      "subject": {
        "title": "Subject",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "The record, `<entity>/<crm id>` for events of Signalbox."
      },
      "time": {
        "title": "Time",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "When it happened, by the clock of the CRM. RFC 3339.",
        "format": "date-time"
      },
      "datacontenttype": {
        "title": "Datacontenttype",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Media type of `data`. Absent: JSON."
      },
      "dataschema": {
        "title": "Dataschema",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "`$id` of the schema of `data`. Absolute URI.",
        "format": "uri"
      },
      "data": {
        "title": "Data",
        "type": [
          "object",
          "string",
          "number",
          "array",
          "boolean",
          "null"
        ],
        "description": "What happened, in the shape that `dataschema` describes."
      },
      "data_base64": {
        "title": "Data_base64",
        "type": [
          "string",
          "null"
        ],
        "contentEncoding": "base64",
        "description": "Binary data in base64, in place of `data`. Signalbox takes none."
      },
      "dataref": {
        "title": "Dataref",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Where `data` lies when it is too large to travel (over 128 kB). URI reference.",
        "format": "uri-reference"
      },
      "dataclassification": {
        "title": "Dataclassification",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "How confidential `data` is. Events of Signalbox say `public`, `internal`, `confidential` or `restricted`."
      },
      "tenantid": {
        "title": "Tenantid",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "The tenant whose event it is."
      },
      "connection": {
        "title": "Connection",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Name of the tenant's connection that the event came through; actions go back through the same one."
      },
      "partitionkey": {
        "title": "Partitionkey",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Events with one key are decided in order. `<tenant>/<crm>/<entity>/<crm id>`."
      },
      "sequence": {
        "title": "Sequence",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "The CRM's own order of changes, as text that compares as text: numbers are padded with zeros."
      },
      "origin": {
        "title": "Origin",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "`self`: the echo of a write by Signalbox, recorded and never acted on; `external`: anybody else's doing."
      },
      "traceparent": {
        "title": "Traceparent",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Trace in which the event arose, never rewritten on its way. W3C Trace Context.",
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
      },
      "tracestate": {
        "title": "Tracestate",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "Vendor data of the trace. W3C Trace Context."
      },
      "causationid": {
        "title": "Causationid",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "`id` of the event that caused this one."
      },
      "correlationid": {
        "title": "Correlationid",
        "type": [
          "string",
          "null"
        ],
        "minLength": 1,
        "description": "`id` of the event that the whole chain began with."
      }
    },
    "patternProperties": {
      "^(?!data$)[a-z0-9]+$": {
        "title": "Extension",
        "type": [
          "string",
          "boolean",
          "integer",
          "null"
        ],
        "minimum": -2147483648,
        "maximum": 2147483647,
        "description": "An extension attribute of CloudEvents: its name is of lower-case letters and digits, its value a text, a boolean or a signed 32-bit integer. Kept, not interpreted."
      }
    },
    "additionalProperties": false
  },
  "event": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/event.v1.json",
    "title": "Signalbox event",
    "description": "What every event of Signalbox keeps beyond CloudEvents: the attributes that order, isolate and trace it are there, and in one form.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/envelope.v1.json"
      }
    ],
    "required": [
      "specversion",
      "id",
      "source",
      "type",
      "subject",
      "time",
      "datacontenttype",
      "dataschema",
      "tenantid",
      "connection",
      "partitionkey",
      "sequence",
      "origin"
    ],
    "properties": {
      "source": {
        "title": "Source",
        "type": "string",
        "pattern": "^/tenants(/[^/]+){2,}$",
        "description": "`/tenants/<tenant>/<crm>/<org>`, or `/tenants/<tenant>/signalbox` for predictions. Parts are percent-encoded."
      },
      "subject": {
        "title": "Subject",
        "type": "string",
        "pattern": "^[a-z]+/[\\s\\S]+$",
        "description": "The record: `<entity>/<crm id>`; the id `*` is all records of the entity.",
        "examples": [
          "lead/00Q5g00000ABCDEEA4"
        ]
      },
      "time": {
        "title": "Time",
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
        "description": "The time of the CRM: RFC 3339 UTC with milliseconds, so that it compares as text."
      },
      "datacontenttype": {
        "title": "Datacontenttype",
        "type": "string",
        "const": "application/json",
        "description": "Data is always JSON."
      },
      "dataschema": {
        "title": "Dataschema",
        "type": "string",
        "pattern": "^https://signalbox\\.io/schemas/",
        "description": "`$id` of the schema of `data`."
      },
      "data_base64": {
        "title": "Data_base64",
        "type": "null",
        "description": "Not used: data is always JSON."
      },
      "dataref": {
        "title": "Dataref",
        "type": "string",
        "minLength": 1,
        "description": "Where `data` lies when it is too large to travel (over 128 kB). URI reference."
      },
      "dataclassification": {
        "title": "Dataclassification",
        "type": "string",
        "enum": [
          "public",
          "internal",
          "confidential",
          "restricted"
        ],
        "description": "How confidential `data` is. A consumer that does not know the label must refuse the event."
      },
      "tenantid": {
        "title": "Tenant id",
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]+$",
        "description": "The tenant's name: letters, digits, `-` and `_`."
      },
      "connection": {
        "title": "Connection",
        "type": "string",
        "minLength": 1,
        "description": "Name of the tenant's connection to the CRM."
      },
      "partitionkey": {
        "title": "Partitionkey",
        "type": "string",
        "minLength": 1,
        "description": "`<tenant>/<crm>/<entity>/<crm id>`: everything with one key is decided in order."
      },
      "sequence": {
        "title": "Sequence",
        "type": "string",
        "pattern": "^[0-9]{20}(\\.[0-9]{20})*$",
        "description": "The CRM's own order of changes: numbers of 20 digits, padded with zeros, joined by `.`; compares as text."
      },
      "origin": {
        "title": "Origin",
        "type": "string",
        "enum": [
          "self",
          "external"
        ],
        "description": "`self`: the echo of a write by Signalbox, recorded and never acted on; `external`: anybody else's doing."
      },
      "traceparent": {
        "title": "Traceparent",
        "type": "string",
        "minLength": 1,
        "description": "Trace in which the event arose. W3C Trace Context."
      },
      "tracestate": {
        "title": "Tracestate",
        "type": "string",
        "minLength": 1,
        "description": "Vendor data of the trace. W3C Trace Context."
      },
      "causationid": {
        "title": "Causationid",
        "type": "string",
        "minLength": 1,
        "description": "`id` of the event that caused this one."
      },
      "correlationid": {
        "title": "Correlationid",
        "type": "string",
        "minLength": 1,
        "description": "`id` of the event that the whole chain began with."
      }
    },
    "anyOf": [
      {
        "required": [
          "data"
        ]
      },
      {
        "required": [
          "dataref"
        ]
      }
    ]
  },
  "prediction": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/prediction.v1.json",
    "title": "Decision",
    "description": "The data of a prediction event: one inference on one event for one use case, with all the evidence.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "`<event id>:<use case>`, so that deciding twice is deciding once."
      },
      "tenantid": {
        "title": "Tenant id",
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]+$",
        "description": "The tenant's name: letters, digits, `-` and `_`."
      },
      "connection": {
        "title": "Connection",
        "type": "string",
        "minLength": 1,
        "description": "Name of the tenant's connection to the CRM."
      },
      "eventid": {
        "title": "Eventid",
        "type": "string",
        "minLength": 1,
        "description": "The event that was decided."
      },
      "subject": {
        "title": "Subject",
        "type": "string",
        "pattern": "^[a-z]+/[\\s\\S]+$",
        "description": "The record: `<entity>/<crm id>`; the id `*` is all records of the entity.",
        "examples": [
          "lead/00Q5g00000ABCDEEA4"
        ]
      },
      "usecase": {
        "title": "Usecase",
        "type": "string",
        "minLength": 1,
        "description": "Name of the tenant's use case, e.g. `lead-scoring`."
      },
      "outcome": {
        "title": "Outcome",
        "type": "string",
        "enum": [
          "act",
          "none",
          "abstain"
        ],
        "description": "`act`: a band with actions; `none`: no band or no actions; `abstain`: the model was not asked or did not answer."
      },
      "because": {
        "title": "Because",
        "type": "string",
        "minLength": 1,
        "description": "Why the model abstained, or why nothing was done."
      },
      "score": {
        "title": "Score",
        "type": "number",
        "description": "Probability of the positive class, with several classes of the best one, 0 to 1. Absent when abstained.",
        "minimum": 0,
        "maximum": 1
      },
      "ranking": {
        "title": "Ranking",
        "type": "array",
        "description": "Of a model with several classes: the likeliest ones, best first.",
        "items": {
          "title": "Ranked",
          "description": "A class and its probability.",
          "type": "object",
          "properties": {
            "label": {
              "title": "Label",
              "type": "string",
              "minLength": 1,
              "description": "The class, e.g. `Group 70`."
            },
            "score": {
              "title": "Score",
              "type": "number",
              "minimum": 0,
              "maximum": 1,
              "description": "Its probability, 0 to 1."
            }
          },
          "required": [
            "label",
            "score"
          ],
          "additionalProperties": false
        }
      },
      "band": {
        "title": "Band",
        "type": "string",
        "minLength": 1,
        "description": "The tenant's band that the score falls into, e.g. `hot`."
      },
      "reasons": {
        "title": "Reasons",
        "type": "array",
        "description": "Why the score is what it is, strongest first.",
        "items": {
          "title": "Reason",
          "description": "One reason.",
          "type": "object",
          "properties": {
            "term": {
              "title": "Term",
              "type": "string",
              "minLength": 1,
              "description": "Term of the model, e.g. `poutcome` or `month & dayOfWeek`, or the group of terms that it tells together, e.g. `economy`."
            },
            "contribution": {
              "title": "Contribution",
              "type": "number",
              "description": "Part of the score's logit. Log-odds."
            },
            "text": {
              "title": "Text",
              "type": "string",
              "description": "What a sales person reads."
            }
          },
          "required": [
            "term",
            "contribution",
            "text"
          ],
          "additionalProperties": false
        }
      },
      "contributions": {
        "title": "Contributions",
        "type": "object",
        "description": "Part of the score's logit by term; they and the intercept add up to it. Log-odds.",
        "additionalProperties": {
          "type": "number"
        }
      },
      "intercept": {
        "title": "Intercept",
        "type": "number",
        "description": "The part of the score's logit that no term explains. Log-odds."
      },
      "features": {
        "title": "Features",
        "type": "object",
        "description": "What the model saw, by feature; null is missing.",
        "additionalProperties": {
          "type": [
            "number",
            "string",
            "null"
          ]
        }
      },
      "related": {
        "title": "Related",
        "type": "object",
        "description": "What was known of the customer's other records, by the use case's names. Absent where it asks for nothing.",
        "additionalProperties": {
          "type": "number"
        }
      },
      "relatedFrom": {
        "title": "Related from",
        "type": "object",
        "description": "Of each related value the states it was made of, `<source>/<entity>/<crm id>@<time>/<the CRM's order>`, at most a hundred.",
        "additionalProperties": {
          "type": "array",
          "items": {
            "type": "string"
          }
        }
      },
      "propensity": {
        "title": "Propensity",
        "type": "number",
        "description": "Where the model explores: the probability with which what was chosen was chosen, 0 to 1.",
        "exclusiveMinimum": 0,
        "maximum": 1
      },
      "model": {
        "title": "Model",
        "description": "The model that answered.",
        "type": "object",
        "properties": {
          "name": {
            "title": "Name",
            "type": "string",
            "minLength": 1,
            "description": "Name of the model."
          },
          "version": {
            "title": "Version",
            "type": "string",
            "minLength": 1,
            "description": "Version of the model."
          },
          "digest": {
            "title": "Digest",
            "type": "string",
            "minLength": 1,
            "description": "Content address of the model, `sha256:<hex>`."
          }
        },
        "required": [
          "name",
          "version",
          "digest"
        ],
        "additionalProperties": false
      },
      "policy": {
        "title": "Policy",
        "type": "string",
        "minLength": 1,
        "description": "SHA-256 of the use case's policy as it was applied. Hex."
      },
      "decidedat": {
        "title": "Decidedat",
        "type": "string",
        "format": "date-time",
        "description": "When it was decided, by the workflow. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "sequence": {
        "title": "Sequence",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's order of the event that was decided; a newer decision has a greater one. Compares as text."
      }
    },
    "required": [
      "id",
      "tenantid",
      "connection",
      "eventid",
      "subject",
      "usecase",
      "outcome",
      "reasons",
      "contributions",
      "features",
      "policy",
      "decidedat",
      "sequence"
    ],
    "additionalProperties": false
  },
  "lead": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/lead.v1.json",
    "title": "Lead",
    "description": "A person or company that may become a customer and is not qualified yet. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "salutation": {
        "title": "Salutation",
        "type": "string",
        "minLength": 1,
        "description": "Form of address, e.g. `Ms.`."
      },
      "firstName": {
        "title": "First name",
        "type": "string",
        "minLength": 1,
        "description": "Given name."
      },
      "middleName": {
        "title": "Middle name",
        "type": "string",
        "minLength": 1,
        "description": "Middle name or initial."
      },
      "lastName": {
        "title": "Last name",
        "type": "string",
        "minLength": 1,
        "description": "Family name."
      },
      "suffix": {
        "title": "Suffix",
        "type": "string",
        "minLength": 1,
        "description": "What follows the name, e.g. `Jr.`."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "The whole name as the CRM shows it."
      },
      "email": {
        "title": "Email",
        "type": "string",
        "minLength": 1,
        "description": "E-mail address, as the CRM has it."
      },
      "phone": {
        "title": "Phone",
        "type": "string",
        "minLength": 1,
        "description": "Telephone number, as the CRM has it."
      },
      "mobilePhone": {
        "title": "Mobile phone",
        "type": "string",
        "minLength": 1,
        "description": "Mobile telephone number, as the CRM has it."
      },
      "fax": {
        "title": "Fax",
        "type": "string",
        "minLength": 1,
        "description": "Fax number, as the CRM has it."
      },
      "title": {
        "title": "Title",
        "type": "string",
        "minLength": 1,
        "description": "Position in the company, e.g. `Head of Purchasing`."
      },
      "company": {
        "title": "Company",
        "type": "string",
        "minLength": 1,
        "description": "Name of the person's company."
      },
      "department": {
        "title": "Department",
        "type": "string",
        "minLength": 1,
        "description": "Department of the company."
      },
      "industry": {
        "title": "Industry",
        "type": "string",
        "minLength": 1,
        "description": "Line of business, in the words of the CRM."
      },
      "website": {
        "title": "Website",
        "type": "string",
        "minLength": 1,
        "description": "Web address."
      },
      "employees": {
        "title": "Employees",
        "type": "integer",
        "minimum": 0,
        "description": "Employees of the company. Count of persons."
      },
      "annualRevenue": {
        "title": "Annual revenue",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Yearly revenue of the company. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "source": {
        "title": "Source",
        "type": "string",
        "minLength": 1,
        "description": "Where the lead came from, e.g. `Web`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "Place in the qualification, in the words of the CRM."
      },
      "rating": {
        "title": "Rating",
        "type": "string",
        "minLength": 1,
        "description": "How promising it is, in the words of the CRM, e.g. `Hot`."
      },
      "campaignId": {
        "title": "Campaign id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the campaign that won the lead."
      },
      "address": {
        "title": "Address",
        "description": "Postal address.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "doNotCall": {
        "title": "Do not call",
        "type": "boolean",
        "description": "The person does not want to be called."
      },
      "hasOptedOutOfEmail": {
        "title": "Has opted out of email",
        "type": "boolean",
        "description": "The person does not want e-mail."
      },
      "isConverted": {
        "title": "Is converted",
        "type": "boolean",
        "description": "The lead was qualified and became a contact, an account or an opportunity."
      },
      "convertedAt": {
        "title": "Converted at",
        "type": "string",
        "format": "date-time",
        "description": "When it was converted. RFC 3339 UTC; midnight where the CRM knows only the day.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "convertedAccountId": {
        "title": "Converted account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the account that it became."
      },
      "convertedContactId": {
        "title": "Converted contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact that it became."
      },
      "convertedOpportunityId": {
        "title": "Converted opportunity id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the opportunity that it became."
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "lastActivityAt": {
        "title": "Last activity at",
        "type": "string",
        "format": "date-time",
        "description": "The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "contact": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/contact.v1.json",
    "title": "Contact",
    "description": "A person one deals with, mostly of a customer. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the person's account."
      },
      "salutation": {
        "title": "Salutation",
        "type": "string",
        "minLength": 1,
        "description": "Form of address, e.g. `Ms.`."
      },
      "firstName": {
        "title": "First name",
        "type": "string",
        "minLength": 1,
        "description": "Given name."
      },
      "middleName": {
        "title": "Middle name",
        "type": "string",
        "minLength": 1,
        "description": "Middle name or initial."
      },
      "lastName": {
        "title": "Last name",
        "type": "string",
        "minLength": 1,
        "description": "Family name."
      },
      "suffix": {
        "title": "Suffix",
        "type": "string",
        "minLength": 1,
        "description": "What follows the name, e.g. `Jr.`."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "The whole name as the CRM shows it."
      },
      "email": {
        "title": "Email",
        "type": "string",
        "minLength": 1,
        "description": "E-mail address, as the CRM has it."
      },
      "phone": {
        "title": "Phone",
        "type": "string",
        "minLength": 1,
        "description": "Telephone number, as the CRM has it."
      },
      "mobilePhone": {
        "title": "Mobile phone",
        "type": "string",
        "minLength": 1,
        "description": "Mobile telephone number, as the CRM has it."
      },
      "fax": {
        "title": "Fax",
        "type": "string",
        "minLength": 1,
        "description": "Fax number, as the CRM has it."
      },
      "title": {
        "title": "Title",
        "type": "string",
        "minLength": 1,
        "description": "Position in the company, e.g. `Head of Purchasing`."
      },
      "department": {
        "title": "Department",
        "type": "string",
        "minLength": 1,
        "description": "Department of the company."
      },
      "reportsToId": {
        "title": "Reports to id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact's superior."
      },
      "birthdate": {
        "title": "Birthdate",
        "type": "string",
        "format": "date",
        "description": "Day of birth. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "source": {
        "title": "Source",
        "type": "string",
        "minLength": 1,
        "description": "Where the contact came from, e.g. `Web`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State of the contact, in the words of the CRM."
      },
      "mailingAddress": {
        "title": "Mailing address",
        "description": "Where post goes to.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "otherAddress": {
        "title": "Other address",
        "description": "A second postal address.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "doNotCall": {
        "title": "Do not call",
        "type": "boolean",
        "description": "The person does not want to be called."
      },
      "hasOptedOutOfEmail": {
        "title": "Has opted out of email",
        "type": "boolean",
        "description": "The person does not want e-mail."
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "lastActivityAt": {
        "title": "Last activity at",
        "type": "string",
        "format": "date-time",
        "description": "The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "account": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/account.v1.json",
    "title": "Account",
    "description": "A company or person that is, was or may become a customer or partner. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "Name of the company or person."
      },
      "number": {
        "title": "Number",
        "type": "string",
        "minLength": 1,
        "description": "The account's number in the CRM, not its id."
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "Kind of relation, in the words of the CRM, e.g. `Customer`."
      },
      "parentId": {
        "title": "Parent id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the account above it."
      },
      "isPerson": {
        "title": "Is person",
        "type": "boolean",
        "description": "The account is a natural person."
      },
      "email": {
        "title": "Email",
        "type": "string",
        "minLength": 1,
        "description": "E-mail address."
      },
      "phone": {
        "title": "Phone",
        "type": "string",
        "minLength": 1,
        "description": "Telephone number, as the CRM has it."
      },
      "fax": {
        "title": "Fax",
        "type": "string",
        "minLength": 1,
        "description": "Fax number, as the CRM has it."
      },
      "industry": {
        "title": "Industry",
        "type": "string",
        "minLength": 1,
        "description": "Line of business, in the words of the CRM."
      },
      "website": {
        "title": "Website",
        "type": "string",
        "minLength": 1,
        "description": "Web address."
      },
      "employees": {
        "title": "Employees",
        "type": "integer",
        "minimum": 0,
        "description": "Employees of the company. Count of persons."
      },
      "annualRevenue": {
        "title": "Annual revenue",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Yearly revenue of the company. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "ownership": {
        "title": "Ownership",
        "type": "string",
        "minLength": 1,
        "description": "Form of ownership, e.g. `Public`."
      },
      "rating": {
        "title": "Rating",
        "type": "string",
        "minLength": 1,
        "description": "How promising it is, in the words of the CRM."
      },
      "source": {
        "title": "Source",
        "type": "string",
        "minLength": 1,
        "description": "Where the account came from."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State of the account, in the words of the CRM."
      },
      "billingAddress": {
        "title": "Billing address",
        "description": "Where invoices go to.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "shippingAddress": {
        "title": "Shipping address",
        "description": "Where goods go to.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "lastActivityAt": {
        "title": "Last activity at",
        "type": "string",
        "format": "date-time",
        "description": "The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "opportunity": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/opportunity.v1.json",
    "title": "Opportunity",
    "description": "A sale that may come about. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "Name of the opportunity."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the account that would buy."
      },
      "contactId": {
        "title": "Contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the first contact."
      },
      "leadId": {
        "title": "Lead id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the lead that it came from."
      },
      "campaignId": {
        "title": "Campaign id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the campaign that brought it about."
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "Kind of business, in the words of the CRM, e.g. `Renewal`."
      },
      "stage": {
        "title": "Stage",
        "type": "string",
        "minLength": 1,
        "description": "Stage of the sale, in the words of the CRM."
      },
      "amount": {
        "title": "Amount",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Expected total. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "expectedRevenue": {
        "title": "Expected revenue",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Amount weighed by the probability. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "probability": {
        "title": "Probability",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Likelihood of the sale as the CRM's users or stages say it, not Signalbox's score. Per cent, `0` to `100`.",
        "examples": [
          "1200000.00"
        ]
      },
      "closeDate": {
        "title": "Close date",
        "type": "string",
        "format": "date",
        "description": "Day on which the sale is expected, or was decided. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "forecastCategory": {
        "title": "Forecast category",
        "type": "string",
        "minLength": 1,
        "description": "Place in the CRM's forecast, in its own words."
      },
      "nextStep": {
        "title": "Next step",
        "type": "string",
        "minLength": 1,
        "description": "What is to be done next."
      },
      "source": {
        "title": "Source",
        "type": "string",
        "minLength": 1,
        "description": "Where the opportunity came from."
      },
      "isClosed": {
        "title": "Is closed",
        "type": "boolean",
        "description": "The sale is decided, won or lost."
      },
      "isWon": {
        "title": "Is won",
        "type": "boolean",
        "description": "The sale was won."
      },
      "closedAt": {
        "title": "Closed at",
        "type": "string",
        "format": "date-time",
        "description": "When it was decided. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "lostReason": {
        "title": "Lost reason",
        "type": "string",
        "minLength": 1,
        "description": "Why it was lost, in the words of the CRM."
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "lastActivityAt": {
        "title": "Last activity at",
        "type": "string",
        "format": "date-time",
        "description": "The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "case": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/case.v1.json",
    "title": "Case",
    "description": "A question or complaint of a customer that somebody has to settle. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "number": {
        "title": "Number",
        "type": "string",
        "minLength": 1,
        "description": "The case's number for people, not its id."
      },
      "subject": {
        "title": "Subject",
        "type": "string",
        "minLength": 1,
        "description": "One line about it."
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "What the customer said. Lines separated by `\\n`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "Place in the handling, in the words of the CRM."
      },
      "priority": {
        "title": "Priority",
        "type": "string",
        "minLength": 1,
        "description": "Urgency, in the words of the CRM."
      },
      "origin": {
        "title": "Origin",
        "type": "string",
        "minLength": 1,
        "description": "How it came in, in the words of the CRM, e.g. `Email`."
      },
      "reason": {
        "title": "Reason",
        "type": "string",
        "minLength": 1,
        "description": "Cause, in the words of the CRM."
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "Kind of case, in the words of the CRM."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the customer's account."
      },
      "contactId": {
        "title": "Contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact who asked."
      },
      "assetId": {
        "title": "Asset id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the asset concerned."
      },
      "productId": {
        "title": "Product id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the product concerned."
      },
      "parentId": {
        "title": "Parent id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the case above it."
      },
      "contactName": {
        "title": "Contact name",
        "type": "string",
        "minLength": 1,
        "description": "Name of who asked, as given with the case."
      },
      "contactEmail": {
        "title": "Contact email",
        "type": "string",
        "minLength": 1,
        "description": "E-mail address of who asked, as given with the case."
      },
      "contactPhone": {
        "title": "Contact phone",
        "type": "string",
        "minLength": 1,
        "description": "Telephone number of who asked, as given with the case."
      },
      "isClosed": {
        "title": "Is closed",
        "type": "boolean",
        "description": "The case is settled."
      },
      "isEscalated": {
        "title": "Is escalated",
        "type": "boolean",
        "description": "The case was escalated."
      },
      "closedAt": {
        "title": "Closed at",
        "type": "string",
        "format": "date-time",
        "description": "When it was settled. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "due": {
        "title": "Due",
        "type": "string",
        "format": "date-time",
        "description": "When it has to be settled by the agreed service level. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "lastActivityAt": {
        "title": "Last activity at",
        "type": "string",
        "format": "date-time",
        "description": "The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "task": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/task.v1.json",
    "title": "Task",
    "description": "Something that one person has to do. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "key": {
        "title": "Key",
        "type": "string",
        "minLength": 1,
        "description": "The key that Signalbox stored with a task of its own: the id of the action that created it."
      },
      "subject": {
        "title": "Subject",
        "type": "string",
        "minLength": 1,
        "description": "One line about it."
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "What is to be done. Lines separated by `\\n`."
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "Kind of task, in the words of the CRM, e.g. `Call`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "priority": {
        "title": "Priority",
        "type": "string",
        "minLength": 1,
        "description": "Urgency, in the words of the CRM."
      },
      "due": {
        "title": "Due",
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?$",
        "description": "When it is to be done: an RFC 3339 instant in UTC, or the day alone where the CRM keeps no time."
      },
      "reminderAt": {
        "title": "Reminder at",
        "type": "string",
        "format": "date-time",
        "description": "When the CRM reminds its owner. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "relatedTo": {
        "title": "Related to",
        "description": "The record that the task is about.",
        "type": "object",
        "properties": {
          "entity": {
            "title": "Entity",
            "type": "string",
            "minLength": 1,
            "description": "Canonical entity of the other record, `record` where it has none of its own.",
            "enum": [
              "lead",
              "contact",
              "account",
              "opportunity",
              "case",
              "task",
              "interaction",
              "transaction",
              "order",
              "asset",
              "record",
              "rhythm"
            ]
          },
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the other record."
          }
        },
        "required": [
          "entity",
          "id"
        ],
        "additionalProperties": false
      },
      "person": {
        "title": "Person",
        "description": "The lead or contact to speak with.",
        "type": "object",
        "properties": {
          "entity": {
            "title": "Entity",
            "type": "string",
            "minLength": 1,
            "description": "Canonical entity of the other record, `record` where it has none of its own.",
            "enum": [
              "lead",
              "contact",
              "account",
              "opportunity",
              "case",
              "task",
              "interaction",
              "transaction",
              "order",
              "asset",
              "record",
              "rhythm"
            ]
          },
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the other record."
          }
        },
        "required": [
          "entity",
          "id"
        ],
        "additionalProperties": false
      },
      "isClosed": {
        "title": "Is closed",
        "type": "boolean",
        "description": "The task is done or dropped."
      },
      "completedAt": {
        "title": "Completed at",
        "type": "string",
        "format": "date-time",
        "description": "When it was done. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "interaction": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/interaction.v1.json",
    "title": "Interaction",
    "description": "One exchange with a person: a mail, a call, a chat, a meeting, a post. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "channel": {
        "title": "Channel",
        "type": "string",
        "enum": [
          "email",
          "phone",
          "chat",
          "sms",
          "meeting",
          "social",
          "web",
          "letter",
          "other"
        ],
        "description": "The medium."
      },
      "direction": {
        "title": "Direction",
        "type": "string",
        "enum": [
          "inbound",
          "outbound"
        ],
        "description": "`inbound`: from the customer to the company; `outbound`: the other way."
      },
      "at": {
        "title": "At",
        "type": "string",
        "format": "date-time",
        "description": "When it began or was sent. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "endedAt": {
        "title": "Ended at",
        "type": "string",
        "format": "date-time",
        "description": "When it ended. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "duration": {
        "title": "Duration",
        "type": "integer",
        "minimum": 0,
        "description": "How long it lasted. Seconds."
      },
      "subject": {
        "title": "Subject",
        "type": "string",
        "minLength": 1,
        "description": "One line about it."
      },
      "body": {
        "title": "Body",
        "type": "string",
        "minLength": 1,
        "description": "What was written or noted: plain text, lines separated by `\\n`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "language": {
        "title": "Language",
        "type": "string",
        "minLength": 1,
        "description": "Language of the body. BCP 47 tag, e.g. `de-AT`."
      },
      "threadId": {
        "title": "Thread id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the conversation that it belongs to."
      },
      "relatedTo": {
        "title": "Related to",
        "description": "The record that it is about.",
        "type": "object",
        "properties": {
          "entity": {
            "title": "Entity",
            "type": "string",
            "minLength": 1,
            "description": "Canonical entity of the other record, `record` where it has none of its own.",
            "enum": [
              "lead",
              "contact",
              "account",
              "opportunity",
              "case",
              "task",
              "interaction",
              "transaction",
              "order",
              "asset",
              "record",
              "rhythm"
            ]
          },
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the other record."
          }
        },
        "required": [
          "entity",
          "id"
        ],
        "additionalProperties": false
      },
      "participants": {
        "title": "Participants",
        "type": "array",
        "description": "Who took part.",
        "items": {
          "title": "Participant",
          "description": "One person or address that took part.",
          "type": "object",
          "properties": {
            "role": {
              "title": "Role",
              "type": "string",
              "enum": [
                "from",
                "to",
                "cc",
                "bcc",
                "organizer",
                "attendee"
              ],
              "description": "The part that they played."
            },
            "name": {
              "title": "Name",
              "type": "string",
              "minLength": 1,
              "description": "Name as given with the interaction."
            },
            "address": {
              "title": "Address",
              "type": "string",
              "minLength": 1,
              "description": "E-mail address, telephone number or handle, as the channel has it."
            },
            "record": {
              "title": "Record",
              "description": "The record of the participant, where the CRM knows it.",
              "type": "object",
              "properties": {
                "entity": {
                  "title": "Entity",
                  "type": "string",
                  "minLength": 1,
                  "description": "Canonical entity of the other record, `record` where it has none of its own.",
                  "enum": [
                    "lead",
                    "contact",
                    "account",
                    "opportunity",
                    "case",
                    "task",
                    "interaction",
                    "transaction",
                    "order",
                    "asset",
                    "record",
                    "rhythm"
                  ]
                },
                "id": {
                  "title": "Id",
                  "type": "string",
                  "minLength": 1,
                  "description": "The CRM's id of the other record."
                }
              },
              "required": [
                "entity",
                "id"
              ],
              "additionalProperties": false
            }
          },
          "additionalProperties": false
        }
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "transaction": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/transaction.v1.json",
    "title": "Transaction",
    "description": "A movement of money: a payment, a refund, an invoice, a credit. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "number": {
        "title": "Number",
        "type": "string",
        "minLength": 1,
        "description": "Number for people, not the id."
      },
      "kind": {
        "title": "Kind",
        "type": "string",
        "minLength": 1,
        "description": "Kind of movement, e.g. `payment`, `refund`, `invoice`, `credit`."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "amount": {
        "title": "Amount",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "What was moved, taxes included; negative is back to the customer. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "taxAmount": {
        "title": "Tax amount",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "The part of the amount that is tax. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "at": {
        "title": "At",
        "type": "string",
        "format": "date-time",
        "description": "When it took effect. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "due": {
        "title": "Due",
        "type": "string",
        "format": "date",
        "description": "Day by which it is to be paid. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "method": {
        "title": "Method",
        "type": "string",
        "minLength": 1,
        "description": "Means of payment, in the words of the CRM, e.g. `card`."
      },
      "reference": {
        "title": "Reference",
        "type": "string",
        "minLength": 1,
        "description": "The payment provider's or bank's own reference."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the customer's account."
      },
      "contactId": {
        "title": "Contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact."
      },
      "orderId": {
        "title": "Order id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the order that it belongs to."
      },
      "relatedTo": {
        "title": "Related to",
        "description": "Another record that it belongs to.",
        "type": "object",
        "properties": {
          "entity": {
            "title": "Entity",
            "type": "string",
            "minLength": 1,
            "description": "Canonical entity of the other record, `record` where it has none of its own.",
            "enum": [
              "lead",
              "contact",
              "account",
              "opportunity",
              "case",
              "task",
              "interaction",
              "transaction",
              "order",
              "asset",
              "record",
              "rhythm"
            ]
          },
          "id": {
            "title": "Id",
            "type": "string",
            "minLength": 1,
            "description": "The CRM's id of the other record."
          }
        },
        "required": [
          "entity",
          "id"
        ],
        "additionalProperties": false
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "order": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/order.v1.json",
    "title": "Order",
    "description": "What a customer ordered. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "number": {
        "title": "Number",
        "type": "string",
        "minLength": 1,
        "description": "The order's number for people, not its id."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "Name of the order."
      },
      "type": {
        "title": "Type",
        "type": "string",
        "minLength": 1,
        "description": "Kind of order, in the words of the CRM."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the customer's account."
      },
      "contactId": {
        "title": "Contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact who ordered."
      },
      "opportunityId": {
        "title": "Opportunity id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the opportunity that it came from."
      },
      "reference": {
        "title": "Reference",
        "type": "string",
        "minLength": 1,
        "description": "The customer's own number of the order."
      },
      "amount": {
        "title": "Amount",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "Total. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "taxAmount": {
        "title": "Tax amount",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "The part of the total that is tax. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "orderedAt": {
        "title": "Ordered at",
        "type": "string",
        "format": "date-time",
        "description": "When it was ordered. RFC 3339 UTC; midnight where the CRM knows only the day.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "startDate": {
        "title": "Start date",
        "type": "string",
        "format": "date",
        "description": "First day of service or delivery. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "endDate": {
        "title": "End date",
        "type": "string",
        "format": "date",
        "description": "Last day of service. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "billingAddress": {
        "title": "Billing address",
        "description": "Where the invoice goes to.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "shippingAddress": {
        "title": "Shipping address",
        "description": "Where the goods go to.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "lines": {
        "title": "Lines",
        "type": "array",
        "description": "What was ordered, in the order of the CRM.",
        "items": {
          "title": "Order line",
          "description": "One position of the order.",
          "type": "object",
          "properties": {
            "id": {
              "title": "Id",
              "type": "string",
              "minLength": 1,
              "description": "The CRM's id of the line."
            },
            "productId": {
              "title": "Product id",
              "type": "string",
              "minLength": 1,
              "description": "The CRM's id of the product."
            },
            "product": {
              "title": "Product",
              "type": "string",
              "minLength": 1,
              "description": "Name of the product."
            },
            "quantity": {
              "title": "Quantity",
              "type": "string",
              "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
              "description": "How much was ordered, in `unit`.",
              "examples": [
                "1200000.00"
              ]
            },
            "unit": {
              "title": "Unit",
              "type": "string",
              "minLength": 1,
              "description": "Unit of the quantity, in the words of the CRM, e.g. `EA`. Absent: pieces."
            },
            "unitPrice": {
              "title": "Unit price",
              "type": "string",
              "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
              "description": "Price of one unit. Currency units, see `currency`.",
              "examples": [
                "1200000.00"
              ]
            },
            "amount": {
              "title": "Amount",
              "type": "string",
              "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
              "description": "Price of the line. Currency units, see `currency`.",
              "examples": [
                "1200000.00"
              ]
            }
          },
          "additionalProperties": false
        }
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "asset": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/asset.v1.json",
    "title": "Asset",
    "description": "A product that a customer has. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "Name of the asset."
      },
      "serialNumber": {
        "title": "Serial number",
        "type": "string",
        "minLength": 1,
        "description": "Serial number."
      },
      "productId": {
        "title": "Product id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the product."
      },
      "product": {
        "title": "Product",
        "type": "string",
        "minLength": 1,
        "description": "Name of the product."
      },
      "accountId": {
        "title": "Account id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the account that has it."
      },
      "contactId": {
        "title": "Contact id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the contact for it."
      },
      "parentId": {
        "title": "Parent id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the asset that it is a part of."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "quantity": {
        "title": "Quantity",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "How much of it there is, in `unit`.",
        "examples": [
          "1200000.00"
        ]
      },
      "unit": {
        "title": "Unit",
        "type": "string",
        "minLength": 1,
        "description": "Unit of the quantity, in the words of the CRM. Absent: pieces."
      },
      "price": {
        "title": "Price",
        "type": "string",
        "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
        "description": "What was paid for it. Currency units, see `currency`.",
        "examples": [
          "1200000.00"
        ]
      },
      "currency": {
        "title": "Currency",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
        "description": "Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.",
        "examples": [
          "EUR",
          "USD"
        ]
      },
      "purchasedOn": {
        "title": "Purchased on",
        "type": "string",
        "format": "date",
        "description": "Day of purchase. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "installedOn": {
        "title": "Installed on",
        "type": "string",
        "format": "date",
        "description": "Day of installation. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "usageEndsOn": {
        "title": "Usage ends on",
        "type": "string",
        "format": "date",
        "description": "Last day of use or licence. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "warrantyEndsOn": {
        "title": "Warranty ends on",
        "type": "string",
        "format": "date",
        "description": "Last day of the warranty. RFC 3339 full-date.",
        "examples": [
          "2025-03-01"
        ]
      },
      "isCompetitorProduct": {
        "title": "Is competitor product",
        "type": "boolean",
        "description": "Made by a competitor."
      },
      "address": {
        "title": "Address",
        "description": "Where it is.",
        "type": "object",
        "properties": {
          "street": {
            "title": "Street",
            "type": "string",
            "minLength": 1,
            "description": "Street and number; lines separated by `\\n`."
          },
          "city": {
            "title": "City",
            "type": "string",
            "minLength": 1,
            "description": "Town or city."
          },
          "postalCode": {
            "title": "Postal code",
            "type": "string",
            "minLength": 1,
            "description": "Postal code, as text: leading zeros count."
          },
          "state": {
            "title": "State",
            "type": "string",
            "minLength": 1,
            "description": "State, province or region, as the CRM says it: a name or a code."
          },
          "country": {
            "title": "Country",
            "type": "string",
            "minLength": 1,
            "description": "Country, as the CRM says it: a name or a code."
          },
          "countryCode": {
            "title": "Country code",
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "Country. ISO 3166-1 alpha-2 code."
          },
          "latitude": {
            "title": "Latitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees north of the equator, WGS 84; negative is south.",
            "examples": [
              "1200000.00"
            ]
          },
          "longitude": {
            "title": "Longitude",
            "type": "string",
            "pattern": "^-?[0-9]{1,30}(\\.[0-9]{1,18})?$",
            "description": "Degrees east of Greenwich, WGS 84; negative is west.",
            "examples": [
              "1200000.00"
            ]
          }
        },
        "additionalProperties": false
      },
      "description": {
        "title": "Description",
        "type": "string",
        "minLength": 1,
        "description": "Free text."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "record": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/record.v1.json",
    "title": "Unmapped record",
    "description": "A record that a tenant has not mapped to another entity: what it has of its own is in `attributes`, and in the native fields of the event. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "ownerId": {
        "title": "Owner id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the user or queue that owns the record."
      },
      "name": {
        "title": "Name",
        "type": "string",
        "minLength": 1,
        "description": "What the CRM shows as its name."
      },
      "status": {
        "title": "Status",
        "type": "string",
        "minLength": 1,
        "description": "State, in the words of the CRM."
      },
      "createdAt": {
        "title": "Created at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was created in the CRM. RFC 3339 UTC."
      },
      "modifiedAt": {
        "title": "Modified at",
        "type": "string",
        "format": "date-time",
        "description": "When the record was last changed in the CRM. RFC 3339 UTC."
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "rhythm": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/entities/rhythm.v1.json",
    "title": "Rhythm",
    "description": "How many events a stream had in an hour, counted by Signalbox in its ledger. The id is the stream's and the day's: of a day it tells the newest hour. Unknown is absent, never \"\" or 0.",
    "type": "object",
    "properties": {
      "id": {
        "title": "Id",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's id of the record, as the CRM writes it; `*` for all records of the type."
      },
      "nativeType": {
        "title": "Native type",
        "type": "string",
        "minLength": 1,
        "description": "The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`."
      },
      "stream": {
        "title": "Stream",
        "type": "string",
        "minLength": 1,
        "description": "What is counted: an entity and what happened, such as lead.created; `all` is every event of the connection."
      },
      "what": {
        "title": "What",
        "type": "string",
        "minLength": 1,
        "description": "The same in words: leads created."
      },
      "count": {
        "title": "Count",
        "type": "integer",
        "minimum": 0,
        "description": "Count of events, by the time of the CRM."
      },
      "startsAt": {
        "title": "Starts at",
        "type": "string",
        "format": "date-time",
        "description": "When the hour began. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "endsAt": {
        "title": "Ends at",
        "type": "string",
        "format": "date-time",
        "description": "When the hour ended. RFC 3339 UTC.",
        "examples": [
          "2025-03-01T09:30:00.000Z"
        ]
      },
      "attributes": {
        "title": "Attributes",
        "type": "object",
        "description": "What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.",
        "additionalProperties": true
      }
    },
    "required": [
      "id",
      "nativeType"
    ],
    "additionalProperties": false
  },
  "leadChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/lead.v1.json",
    "title": "Lead change",
    "description": "The data of every event about a record of the entity lead.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "lead"
      },
      "record": {
        "$ref": "/schemas/entities/lead.v1.json"
      }
    }
  },
  "leadEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/lead-event.v1.json",
    "title": "Lead event",
    "description": "Something happened to a record of the entity lead.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.lead.created.v1",
          "io.signalbox.lead.updated.v1",
          "io.signalbox.lead.deleted.v1",
          "io.signalbox.lead.undeleted.v1",
          "io.signalbox.lead.observed.v1",
          "io.signalbox.lead.published.v1",
          "io.signalbox.lead.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `lead/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^lead/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/lead.v1.json"
      },
      "data": {
        "$ref": "/schemas/lead.v1.json"
      }
    }
  },
  "contactChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/contact.v1.json",
    "title": "Contact change",
    "description": "The data of every event about a record of the entity contact.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "contact"
      },
      "record": {
        "$ref": "/schemas/entities/contact.v1.json"
      }
    }
  },
  "contactEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/contact-event.v1.json",
    "title": "Contact event",
    "description": "Something happened to a record of the entity contact.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.contact.created.v1",
          "io.signalbox.contact.updated.v1",
          "io.signalbox.contact.deleted.v1",
          "io.signalbox.contact.undeleted.v1",
          "io.signalbox.contact.observed.v1",
          "io.signalbox.contact.published.v1",
          "io.signalbox.contact.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `contact/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^contact/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/contact.v1.json"
      },
      "data": {
        "$ref": "/schemas/contact.v1.json"
      }
    }
  },
  "accountChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/account.v1.json",
    "title": "Account change",
    "description": "The data of every event about a record of the entity account.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "account"
      },
      "record": {
        "$ref": "/schemas/entities/account.v1.json"
      }
    }
  },
  "accountEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/account-event.v1.json",
    "title": "Account event",
    "description": "Something happened to a record of the entity account.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.account.created.v1",
          "io.signalbox.account.updated.v1",
          "io.signalbox.account.deleted.v1",
          "io.signalbox.account.undeleted.v1",
          "io.signalbox.account.observed.v1",
          "io.signalbox.account.published.v1",
          "io.signalbox.account.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `account/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^account/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/account.v1.json"
      },
      "data": {
        "$ref": "/schemas/account.v1.json"
      }
    }
  },
  "opportunityChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/opportunity.v1.json",
    "title": "Opportunity change",
    "description": "The data of every event about a record of the entity opportunity.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "opportunity"
      },
      "record": {
        "$ref": "/schemas/entities/opportunity.v1.json"
      }
    }
  },
  "opportunityEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/opportunity-event.v1.json",
    "title": "Opportunity event",
    "description": "Something happened to a record of the entity opportunity.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.opportunity.created.v1",
          "io.signalbox.opportunity.updated.v1",
          "io.signalbox.opportunity.deleted.v1",
          "io.signalbox.opportunity.undeleted.v1",
          "io.signalbox.opportunity.observed.v1",
          "io.signalbox.opportunity.published.v1",
          "io.signalbox.opportunity.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `opportunity/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^opportunity/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/opportunity.v1.json"
      },
      "data": {
        "$ref": "/schemas/opportunity.v1.json"
      }
    }
  },
  "caseChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/case.v1.json",
    "title": "Case change",
    "description": "The data of every event about a record of the entity case.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "case"
      },
      "record": {
        "$ref": "/schemas/entities/case.v1.json"
      }
    }
  },
  "caseEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/case-event.v1.json",
    "title": "Case event",
    "description": "Something happened to a record of the entity case.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.case.created.v1",
          "io.signalbox.case.updated.v1",
          "io.signalbox.case.deleted.v1",
          "io.signalbox.case.undeleted.v1",
          "io.signalbox.case.observed.v1",
          "io.signalbox.case.published.v1",
          "io.signalbox.case.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `case/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^case/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/case.v1.json"
      },
      "data": {
        "$ref": "/schemas/case.v1.json"
      }
    }
  },
  "taskChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/task.v1.json",
    "title": "Task change",
    "description": "The data of every event about a record of the entity task.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "task"
      },
      "record": {
        "$ref": "/schemas/entities/task.v1.json"
      }
    }
  },
  "taskEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/task-event.v1.json",
    "title": "Task event",
    "description": "Something happened to a record of the entity task.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.task.created.v1",
          "io.signalbox.task.updated.v1",
          "io.signalbox.task.deleted.v1",
          "io.signalbox.task.undeleted.v1",
          "io.signalbox.task.observed.v1",
          "io.signalbox.task.published.v1",
          "io.signalbox.task.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `task/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^task/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/task.v1.json"
      },
      "data": {
        "$ref": "/schemas/task.v1.json"
      }
    }
  },
  "interactionChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/interaction.v1.json",
    "title": "Interaction change",
    "description": "The data of every event about a record of the entity interaction.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "interaction"
      },
      "record": {
        "$ref": "/schemas/entities/interaction.v1.json"
      }
    }
  },
  "interactionEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/interaction-event.v1.json",
    "title": "Interaction event",
    "description": "Something happened to a record of the entity interaction.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.interaction.created.v1",
          "io.signalbox.interaction.updated.v1",
          "io.signalbox.interaction.deleted.v1",
          "io.signalbox.interaction.undeleted.v1",
          "io.signalbox.interaction.observed.v1",
          "io.signalbox.interaction.published.v1",
          "io.signalbox.interaction.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `interaction/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^interaction/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/interaction.v1.json"
      },
      "data": {
        "$ref": "/schemas/interaction.v1.json"
      }
    }
  },
  "transactionChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/transaction.v1.json",
    "title": "Transaction change",
    "description": "The data of every event about a record of the entity transaction.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "transaction"
      },
      "record": {
        "$ref": "/schemas/entities/transaction.v1.json"
      }
    }
  },
  "transactionEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/transaction-event.v1.json",
    "title": "Transaction event",
    "description": "Something happened to a record of the entity transaction.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.transaction.created.v1",
          "io.signalbox.transaction.updated.v1",
          "io.signalbox.transaction.deleted.v1",
          "io.signalbox.transaction.undeleted.v1",
          "io.signalbox.transaction.observed.v1",
          "io.signalbox.transaction.published.v1",
          "io.signalbox.transaction.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `transaction/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^transaction/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/transaction.v1.json"
      },
      "data": {
        "$ref": "/schemas/transaction.v1.json"
      }
    }
  },
  "orderChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/order.v1.json",
    "title": "Order change",
    "description": "The data of every event about a record of the entity order.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "order"
      },
      "record": {
        "$ref": "/schemas/entities/order.v1.json"
      }
    }
  },
  "orderEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/order-event.v1.json",
    "title": "Order event",
    "description": "Something happened to a record of the entity order.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.order.created.v1",
          "io.signalbox.order.updated.v1",
          "io.signalbox.order.deleted.v1",
          "io.signalbox.order.undeleted.v1",
          "io.signalbox.order.observed.v1",
          "io.signalbox.order.published.v1",
          "io.signalbox.order.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `order/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^order/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/order.v1.json"
      },
      "data": {
        "$ref": "/schemas/order.v1.json"
      }
    }
  },
  "assetChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/asset.v1.json",
    "title": "Asset change",
    "description": "The data of every event about a record of the entity asset.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "asset"
      },
      "record": {
        "$ref": "/schemas/entities/asset.v1.json"
      }
    }
  },
  "assetEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/asset-event.v1.json",
    "title": "Asset event",
    "description": "Something happened to a record of the entity asset.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.asset.created.v1",
          "io.signalbox.asset.updated.v1",
          "io.signalbox.asset.deleted.v1",
          "io.signalbox.asset.undeleted.v1",
          "io.signalbox.asset.observed.v1",
          "io.signalbox.asset.published.v1",
          "io.signalbox.asset.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `asset/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^asset/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/asset.v1.json"
      },
      "data": {
        "$ref": "/schemas/asset.v1.json"
      }
    }
  },
  "recordChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/record.v1.json",
    "title": "Unmapped record change",
    "description": "The data of every event about a record of the entity record.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "record"
      },
      "record": {
        "$ref": "/schemas/entities/record.v1.json"
      }
    }
  },
  "recordEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/record-event.v1.json",
    "title": "Unmapped record event",
    "description": "Something happened to a record of the entity record.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.record.created.v1",
          "io.signalbox.record.updated.v1",
          "io.signalbox.record.deleted.v1",
          "io.signalbox.record.undeleted.v1",
          "io.signalbox.record.observed.v1",
          "io.signalbox.record.published.v1",
          "io.signalbox.record.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `record/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^record/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/record.v1.json"
      },
      "data": {
        "$ref": "/schemas/record.v1.json"
      }
    }
  },
  "rhythmChange": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/rhythm.v1.json",
    "title": "Rhythm change",
    "description": "The data of every event about a record of the entity rhythm.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/change.v1.json"
      }
    ],
    "required": [
      "entity",
      "record"
    ],
    "properties": {
      "entity": {
        "title": "Entity",
        "description": "Canonical entity of the record.",
        "type": "string",
        "const": "rhythm"
      },
      "record": {
        "$ref": "/schemas/entities/rhythm.v1.json"
      }
    }
  },
  "rhythmEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/rhythm-event.v1.json",
    "title": "Rhythm event",
    "description": "Something happened to a record of the entity rhythm.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "subject",
      "dataschema"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "What happened.",
        "type": "string",
        "enum": [
          "io.signalbox.rhythm.created.v1",
          "io.signalbox.rhythm.updated.v1",
          "io.signalbox.rhythm.deleted.v1",
          "io.signalbox.rhythm.undeleted.v1",
          "io.signalbox.rhythm.observed.v1",
          "io.signalbox.rhythm.published.v1",
          "io.signalbox.rhythm.overflowed.v1"
        ]
      },
      "subject": {
        "title": "Subject",
        "description": "The record: `rhythm/<crm id>`; the id `*` is all records of the entity.",
        "type": "string",
        "pattern": "^rhythm/[\\s\\S]"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/rhythm.v1.json"
      },
      "data": {
        "$ref": "/schemas/rhythm.v1.json"
      }
    }
  },
  "predictionEvent": {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://signalbox.io/schemas/prediction-event.v1.json",
    "title": "Prediction event",
    "description": "A decision, as an event for any subscriber.",
    "type": "object",
    "allOf": [
      {
        "$ref": "/schemas/event.v1.json"
      }
    ],
    "required": [
      "type",
      "dataschema",
      "causationid"
    ],
    "properties": {
      "type": {
        "title": "Type",
        "description": "`io.signalbox.prediction.<use case>.v1`",
        "type": "string",
        "pattern": "^io\\.signalbox\\.prediction\\.[^.]+\\.v1$"
      },
      "dataschema": {
        "title": "Data schema",
        "description": "Schema of the data.",
        "type": "string",
        "const": "https://signalbox.io/schemas/prediction.v1.json"
      },
      "data": {
        "$ref": "/schemas/prediction.v1.json"
      }
    }
  }
};
